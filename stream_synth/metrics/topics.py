"""Topics without a model: online k-means over row vectors, and how evenly its cells are filled."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from stream_synth.metrics.vendi import Vectors, unit

CELLS = 25  # 200 rows then fill a cell with eight on average: fewer rows could not tell an empty cell from chance
ROUNDS = 5  # of k-means over the first rows: enough for centres that later rows only refine
RATE_FLOOR = 0.002  # of a centre towards its row: after 500 rows a centre moves no slower, so topics may drift


class Topics:
    """Spherical k-means: centres from the first rows, then moved a little by each batch. 4 d k bytes (6 KB at d = 48)."""

    def __init__(self, centres: Vectors, counts: NDArray[np.float64] | None = None) -> None:
        self.centres = centres
        self.counts = np.zeros(len(centres)) if counts is None else counts

    @classmethod
    def begun(cls, vectors: Vectors, cells: int = CELLS) -> Topics:
        """Centres from these rows, an eighth as many as rows at most; their counts start at zero."""
        wanted = max(1, min(cells, len(vectors) // 8))
        centres = _apart(vectors, wanted)
        for _ in range(ROUNDS):
            nearest = np.argmax(vectors @ centres.T, axis=1)
            sums = np.zeros_like(centres)
            np.add.at(sums, nearest, vectors)
            centres = np.where(np.any(sums, axis=1, keepdims=True), unit(sums), centres)
        return cls(centres)

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        return int(self.centres.nbytes + self.counts.nbytes)

    def add(self, vectors: Vectors) -> NDArray[np.float64]:
        """Rows in each cell, of these alone; centres move and the totals grow."""
        nearest = np.argmax(vectors @ self.centres.T, axis=1)
        here = np.bincount(nearest, minlength=len(self.centres)).astype(np.float64)
        sums = np.zeros_like(self.centres)
        np.add.at(sums, nearest, vectors)
        self.counts += here
        rate = np.maximum(here / np.maximum(self.counts, 1), np.minimum(here * RATE_FLOOR, 0.5))[:, None]
        means = sums / np.maximum(here, 1)[:, None]
        self.centres = np.where(here[:, None] > 0, unit((1 - rate) * self.centres + rate * means), self.centres).astype(np.float32)
        return here


def entropy_bits(counts: NDArray[np.float64]) -> float:
    """Of the shares; 0 for an empty or single cell."""
    shares = counts[counts > 0] / max(counts.sum(), 1)
    return max(0.0, float(-(shares * np.log2(shares)).sum()))


def coverage(counts: NDArray[np.float64]) -> float:
    """Share of cells that hold at least a quarter of what an even spread would give each."""
    return float(np.mean(counts >= max(1.0, counts.sum() / len(counts) / 4)))


def in_effect(bits: float) -> float:
    """Number of equally filled cells with this entropy."""
    return math.exp2(bits)


def _apart(vectors: Vectors, wanted: int) -> Vectors:
    """Rows far from each other: each the one least like those chosen before (Gonzalez 1985)."""
    chosen = [0]
    nearest = vectors @ vectors[0]
    while len(chosen) < wanted:
        chosen.append(int(np.argmin(nearest)))
        nearest = np.maximum(nearest, vectors @ vectors[chosen[-1]])
    return vectors[chosen].copy()
