"""Which items a row's n-grams belong to: all benchmarks in one table, asked for a whole batch at once.

Memory: 8 bytes for each n-gram of each item, 12 for each different one, and 16 MB for the first look.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stream_synth.gates.contamination.index import ItemIndex
from stream_synth.gates.contamination.reading import short
from stream_synth.text import Shingles

_HOT = 200  # an n-gram in more items of one benchmark than this ("which of the following is") says nothing of any of them
_LOOK_BITS = 24  # 16 M one-byte cells: with 2 M n-grams 12 % are taken, so 7 of 8 foreign n-grams end here, in one look


@dataclass(frozen=True, slots=True)
class Hits:
    """Shared weight of some (row, item) pairs, and the row's n-grams that are in any item."""

    rows: NDArray[np.int64]
    items: NDArray[np.int64]
    question: NDArray[np.float64]  # weight of the item's question n-grams that the row has
    whole: NDArray[np.float64]  # of all its n-grams
    found_at: NDArray[np.int64]  # place of a known n-gram among those of the batch
    found: NDArray[np.int64]  # which one
    bounds: NDArray[np.int64]  # where in `found_at` each row begins, and the end
    offsets: NDArray[np.int64]  # where among the n-grams of the batch each row begins

    def of_row(self, row: int) -> list[tuple[int, int]]:
        """Places of the n-grams of one row that some item has, counted from its start, and their numbers."""
        begin, end = self.bounds[row : row + 2]
        places = self.found_at[begin:end] - self.offsets[row]
        return list(zip(places.tolist(), self.found[begin:end].tolist(), strict=True))


class Postings:
    """The n-grams of several benchmarks. Items are numbered through all of them, in order."""

    def __init__(self, indexes: Sequence[ItemIndex]) -> None:
        sizes = np.concatenate([index.sizes for index in indexes])
        owners = np.repeat(np.arange(len(sizes), dtype=np.uint64), sizes)
        keyed = (np.concatenate([index.grams for index in indexes]).astype(np.uint64) << np.uint64(32)) | owners
        keyed.sort()
        grams = (keyed >> np.uint64(32)).astype(np.uint32)
        self.parts = keyed.astype(np.uint32).astype(np.int64)
        benchmark = np.repeat(np.arange(len(indexes)), [2 * len(index) for index in indexes])
        weights = _weights(grams, benchmark[self.parts], np.array([len(index) for index in indexes]))
        kept = weights > 0
        grams, self.parts, self.weights = grams[kept], self.parts[kept].astype(np.int32), weights[kept].astype(np.float32)
        first = np.flatnonzero(np.diff(grams, prepend=~grams[:1]))
        self.grams, self.starts = grams[first], np.append(first, len(grams))
        self._known = np.zeros(1 << _LOOK_BITS, bool)
        self._known[self.grams >> np.uint32(32 - _LOOK_BITS)] = True
        sums = np.bincount(self.parts, self.weights, len(sizes)).astype(np.float64).reshape(-1, 2)
        counts = np.bincount(self.parts, minlength=len(sizes)).reshape(-1, 2)
        self.question_weight, self.whole_weight = sums[:, 0], sums.sum(axis=1)
        self.question_grams, self.whole_grams = counts[:, 0], counts.sum(axis=1)

    def hits(self, shingles: Shingles) -> Hits:
        """What the texts share with the items."""
        grams = short(shingles.hashes)
        at = np.flatnonzero(self._known[grams >> np.uint32(32 - _LOOK_BITS)])
        found = np.minimum(np.searchsorted(self.grams, grams[at]), len(self.grams) - 1)
        true = self.grams[found] == grams[at]
        at, found = at[true], found[true]
        rows = np.searchsorted(shingles.offsets, at, side="right") - 1
        once = np.unique(rows * len(self.grams) + found)  # a row that repeats an n-gram has it once
        pairs, question, whole = self._shared(once // len(self.grams), once % len(self.grams))
        items = len(self.question_weight)
        bounds = np.searchsorted(at, shingles.offsets)
        return Hits(pairs // items, pairs % items, question, whole, at, found, bounds, shingles.offsets)

    def _shared(
        self, rows: NDArray[np.int64], known: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
        """Pairs of row and item, as one number, and the weight of the question and of all that they share."""
        owners = self.starts[known + 1] - self.starts[known]
        begins = np.cumsum(owners) - owners
        posting = np.arange(int(owners.sum())) + np.repeat(self.starts[known] - begins, owners)
        parts, weights = self.parts[posting], self.weights[posting]
        pair = np.repeat(rows, owners) * len(self.question_weight) + (parts >> 1)
        pairs, group = np.unique(pair, return_inverse=True)
        whole = np.bincount(group, weights, len(pairs)).astype(np.float64)
        question = np.bincount(group, weights * (parts & 1 == 0), len(pairs)).astype(np.float64)
        return pairs, question, whole


def _weights(grams: NDArray[np.uint32], benchmark: NDArray[np.int64], sizes: NDArray[np.int64]) -> NDArray[np.float64]:
    """1 for an n-gram of one item, less the more items of its benchmark have it (inverse document frequency), 0 when hot."""
    border = np.ones(len(grams), bool)
    border[1:] = (grams[1:] != grams[:-1]) | (benchmark[1:] != benchmark[:-1])
    group = np.cumsum(border) - 1
    items = np.bincount(group)[group]
    total = np.log(sizes + 1.0)[benchmark]
    return np.where(items > _HOT, 0.0, (total - np.log(items)) / total)
