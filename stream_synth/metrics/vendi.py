"""The Vendi score (Friedman and Dieng 2023) from a running covariance: how many different rows there are, in effect."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


def vendi_score(covariance: NDArray[np.float64], rows: float) -> float:
    """Exponential of the entropy of the eigenvalues of `covariance / rows`, for rows of length 1; 0 without rows.

    The eigenvalues of the d x d sum of outer products are those of the n x n cosine kernel: the score is exact, at d^3 instead of n^3.
    """
    if rows <= 0:
        return 0.0
    shares: Any = np.linalg.eigvalsh(covariance / rows)
    shares = shares[shares > 1e-12]  # rounding leaves tiny and negative ones, whose logarithm says nothing
    return float(np.exp(-np.sum(shares * np.log(shares))))


class RunningCovariance:
    """Sum of outer products of unit vectors: 8 d^2 bytes (18 KB at d = 48), however many rows."""

    def __init__(self, dimensions: int) -> None:
        self.sums = np.zeros((dimensions, dimensions))
        self.rows = 0.0

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        return int(self.sums.nbytes)

    def add(self, vectors: Vectors) -> None:
        """Rows of length 1, or of length 0 where a text has no token: those count for nothing."""
        exact = vectors.astype(np.float64)
        self.sums += np.einsum("ij,ik->jk", exact, exact)  # BLAS would start threads, which spin longer than this takes
        self.rows += float(np.count_nonzero(np.einsum("ij,ij->i", vectors, vectors) > 0.5))

    def merge(self, other: RunningCovariance) -> None:
        """The rows of the other one as well."""
        self.sums += other.sums
        self.rows += other.rows

    def score(self) -> float:
        """The Vendi score of everything added."""
        return vendi_score(self.sums, self.rows)


def covariance_of(vectors: Vectors) -> RunningCovariance:
    """Of these rows alone."""
    made = RunningCovariance(vectors.shape[1])
    made.add(vectors)
    return made


def unit(vectors: NDArray[Any]) -> Vectors:
    """Rows at length 1; rows of zeros stay zeros."""
    lengths: Any = np.linalg.norm(vectors, axis=1, keepdims=True)
    scaled: Vectors = np.divide(vectors, lengths, out=np.zeros_like(vectors, dtype=np.float32), where=lengths > 0)
    return scaled
