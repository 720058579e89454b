"""The model that ships with the package: static vectors of 24,000 Chinese and English words, 4 MB, no torch.

`benchmarks/bundled_embedding.py` builds it and tells how. It knows the words of a text, not their order: paraphrases
that keep some words are found, rewordings without a shared word are not, and what differs only in order is the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from stream_synth.gates.embedding.embedder import MAX_CHARACTERS, of_unit_length
from stream_synth.gates.embedding.words import TOKENIZER, Words

FOLDER = Path(__file__).parent / "bundled"
_CHUNK = 64  # texts added up together: their words' vectors, some 3 MB, stay in the second-level cache
_VERSION = 1  # of the files; raised when they are built anew


class Bundled:
    """Mean of static word vectors; Chinese and English. 8,000 (Chinese) to 25,000 texts of 300 characters a second on one core."""

    name = f"bundled-{_VERSION}"

    def __init__(self) -> None:
        self._words = Words(TOKENIZER)
        self.vocabulary = self._words.vocabulary
        with np.load(FOLDER / "vectors.npz") as stored:
            self.table = stored["table"].astype(np.float32) * stored["scale"].astype(np.float32)[:, None]
        self.dim = int(self.table.shape[1])

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """See `Embedder`."""
        return self.of_words([self.words(text) for text in texts])

    def of_words(self, texts: Sequence[Sequence[int]]) -> NDArray[np.float32]:
        """The same of texts whose words are known."""
        sums = np.zeros((len(texts), self.dim), np.float32)
        for start in range(0, len(texts), _CHUNK):
            self._add_up(texts[start : start + _CHUNK], sums[start : start + _CHUNK])
        return of_unit_length(sums)

    def words(self, text: str) -> list[int]:
        """The rows of `table` that the words of a text have."""
        return self._words.ids(text[:MAX_CHARACTERS])

    def _add_up(self, words: Sequence[Sequence[int]], sums: NDArray[np.float32]) -> None:
        filled = [place for place, ids in enumerate(words) if ids]
        if filled:
            flat = np.fromiter(chain.from_iterable(words), np.int64)
            starts = np.cumsum([0, *(len(words[place]) for place in filled[:-1])])
            sums[filled] = np.add.reduceat(self.table[flat], starts, axis=0)
