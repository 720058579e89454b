"""What a text is about, without a model: vectors of hashed words and pairs of words, Chinese characters and their pairs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from stream_synth.text.normal import normalise
from stream_synth.text.tokens import token_hashes

NAME = "ngrams"  # what a head calls it
# 16 KB a row while training. Rank correlation with textbook, encyclopedia, web on 799 windows: 0.859 with 512, 0.879 with 1,024,
# 0.883 with 2,048, 0.891 with 4,096 in five times the time; 0.811 by the form of the text alone.
DIMENSIONS = 2048
CHARACTERS = 3000  # of a text are read: a page says what it is about
_PAIR, _SIGN = np.uint64(0x9E3779B97F4A7C15), np.uint64(63)


def ngram_vectors(texts: Sequence[str]) -> NDArray[np.float64]:
    """Unit vectors (n × 2048): square roots of counts, each n-gram with a sign of its own, so that collisions cancel on average."""
    found = token_hashes([normalise(text[:CHARACTERS]) for text in texts])
    vectors = np.zeros((len(texts), DIMENSIONS))
    for row, (start, stop) in enumerate(zip(found.offsets[:-1], found.offsets[1:], strict=True)):
        words = found.hashes[start:stop]
        pairs = (words[:-1] * _PAIR) ^ words[1:]
        kinds, counts = np.unique(np.concatenate([words, pairs]), return_counts=True)
        signs = np.where(kinds >> _SIGN, 1.0, -1.0)
        np.add.at(vectors[row], (kinds % np.uint64(DIMENSIONS)).astype(np.int64), signs * np.sqrt(counts))
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: NDArray[np.float64] = vectors / np.where(lengths > 0, lengths, 1.0)
    return unit
