"""The model that ships with the package: static vectors of 24,000 Chinese and English words, 4 MB, no torch.

`benchmarks/bundled_embedding.py` builds it and tells how. It knows the words of a text, not their order: paraphrases
that keep some words are found, rewordings without a shared word are not, and what differs only in order is the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from stream_synth.gates.embedding.embedder import of_unit_length, readable

FOLDER = Path(__file__).parent / "bundled"
_VERSION = 1  # of the files; raised when they are built anew


class Bundled:
    """Mean of static word vectors; Chinese and English. 4,000 to 6,000 texts of 300 characters a second on one core."""

    name = f"bundled-{_VERSION}"

    def __init__(self) -> None:
        from tokenizers import Tokenizer  # noqa: PLC0415  # 0.1 s that only runs with this gate pay

        self.tokenizer = Tokenizer.from_file(str(FOLDER / "tokenizer.json"))
        with np.load(FOLDER / "vectors.npz") as stored:
            self.table = stored["table"].astype(np.float32) * stored["scale"].astype(np.float32)[:, None]
        self.dim = int(self.table.shape[1])

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """See `Embedder`."""
        words = self.words(texts)
        sums = np.zeros((len(texts), self.dim), np.float32)
        filled = [place for place, ids in enumerate(words) if len(ids)]
        if filled:
            flat = np.concatenate([words[place] for place in filled])
            starts = np.cumsum([0, *(len(words[place]) for place in filled[:-1])])
            sums[filled] = np.add.reduceat(self.table[flat], starts, axis=0)
        return of_unit_length(sums)

    def words(self, texts: Sequence[str]) -> list[NDArray[np.int64]]:
        """The rows of `table` that each text's words have."""
        encodings = self.tokenizer.encode_batch_fast([readable(text) for text in texts], add_special_tokens=False)
        return [np.array(encoding.ids, np.int64) for encoding in encodings]
