"""How many different n-grams a window of rows holds, and how evenly they are used."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stream_synth.metrics.tokens import Hashes


@dataclass(frozen=True, slots=True)
class NgramFigures:
    """Of one set of n-grams. Everything is 0 where there are none."""

    total: int
    distinct: int
    plain_bits: float  # plug-in estimate of the entropy

    @property
    def entropy_bits(self) -> float:
        """With the Miller-Madow correction for n-grams not seen yet: an estimate for the source, not for these rows."""
        return self.plain_bits + (self.distinct - 1) / (2 * self.total * math.log(2)) if self.total else 0.0

    @property
    def distinct_share(self) -> float:
        """distinct-n (Li et al. 2016): falls with the size of the window, so compare windows of one size only."""
        return self.distinct / self.total if self.total else 0.0

    @property
    def evenness(self) -> float:
        """Entropy as a share of the highest that so many n-grams can have: nearly independent of how long the rows are."""
        return self.plain_bits / math.log2(self.total) if self.total > 1 else 0.0


def ngram_figures(hashes: Hashes) -> NgramFigures:
    """Counted exactly, but for hashes that collide (never, in 64 bits and a window)."""
    return figures_of(counted(hashes)[1])


def figures_of(counts: NDArray[np.float64]) -> NgramFigures:
    """The same from how often each n-gram occurs."""
    total = int(counts.sum())
    if not total:
        return NgramFigures(0, 0, 0.0)
    repeated = counts[counts > 1]
    return NgramFigures(total, len(counts), math.log2(total) - float(repeated @ np.log2(repeated)) / total)


def counted(hashes: Hashes) -> tuple[Hashes, NDArray[np.float64]]:
    """Distinct values in ascending order, and how often each occurs."""
    ordered = np.sort(hashes)
    first = np.ones(len(ordered), bool)
    first[1:] = ordered[1:] != ordered[:-1]
    starts = np.flatnonzero(first)
    return ordered[starts], np.diff(np.append(starts, len(ordered))).astype(np.float64)
