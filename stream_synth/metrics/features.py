"""Vectors without a model: words hashed to few dimensions, frequent ones weighted down."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from stream_synth.metrics.tokens import Tokens, ngrams
from stream_synth.metrics.vendi import Vectors, unit

DIMENSIONS = 48  # enough to tell one topic from many; from 64 on BLAS starts threads that spin for 8 ms on a busy machine
BUCKETS = 1 << 16  # of document counts: 256 KB; a Chinese vocabulary and its frequent pairs fit


class HashedFeatures:
    """Signed feature hashing (Weinberger et al. 2009) of tokens and pairs of tokens, times inverse document frequency.

    Document frequencies are learnt from the first rows and then stay, so that vectors of different times can be compared.
    """

    def __init__(self, weights: NDArray[np.float32] | None = None) -> None:
        self.weights = np.ones(BUCKETS, np.float32) if weights is None else weights

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        return int(self.weights.nbytes)

    def learn(self, tokens: Tokens) -> None:
        """Take document frequencies from these rows."""
        hashes, _ = terms(tokens)
        documents = np.bincount((hashes & np.uint64(BUCKETS - 1)).astype(np.int64), minlength=BUCKETS)
        self.weights = np.log((len(tokens) + 1) / (documents + 0.5)).clip(0).astype(np.float32)

    def vectors(self, tokens: Tokens) -> Vectors:
        """One vector of length 1 a text; zeros for a text without tokens."""
        hashes, owners = terms(tokens)
        weights = self.weights[(hashes & np.uint64(BUCKETS - 1)).astype(np.int64)]
        sign = np.where(hashes & np.uint64(1 << 40), 1, -1)
        place = owners * DIMENSIONS + ((hashes >> np.uint64(48)) % np.uint64(DIMENSIONS)).astype(np.int64)
        sums = np.bincount(place, weights=weights * sign, minlength=len(tokens) * DIMENSIONS)
        return unit(sums.reshape(len(tokens), DIMENSIONS).astype(np.float32))


def terms(tokens: Tokens) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """(hash, text) of every different token and pair of each text, once a text."""
    parts = [ngrams(tokens, n) for n in (1, 2)]
    hashes, owners = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    keyed = (owners.astype(np.uint64) << np.uint64(48)) | (hashes >> np.uint64(16))  # 48 bits tell the terms of a text apart
    keyed.sort()
    first = np.ones(len(keyed), bool)
    first[1:] = keyed[1:] != keyed[:-1]
    keyed = keyed[first]
    return _spread(keyed << np.uint64(16)), (keyed >> np.uint64(48)).astype(np.int64)


def _spread(hashes: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Every bit of the input reaches the lowest and the highest ones, which choose bucket and place."""
    hashes = (hashes ^ (hashes >> np.uint64(33))) * np.uint64(0xFF51AFD7ED558CCD)
    return (hashes ^ (hashes >> np.uint64(33))) * np.uint64(0xC4CEB9FE1A85EC53)
