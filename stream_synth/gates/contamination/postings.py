"""Which items a row's n-grams belong to: all benchmarks in one table, asked for a whole batch at once.

Memory: 8 bytes for each n-gram of each item, 12 for each different one, and 16 MB for the first look.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stream_synth.gates.contamination.reading import short
from stream_synth.text import Shingles

HOT = 200  # an n-gram in more items of one benchmark than this ("which of the following is") says nothing of any of them
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

    def __init__(self, grams: Sequence[NDArray[np.uint32]], sizes_of: Sequence[NDArray[np.int32]], power: int = 1, hot: int = HOT) -> None:
        """`grams` and `sizes_of`: for each benchmark, the n-grams of its items' parts and how many each part has."""
        sizes = np.concatenate(sizes_of)
        owners = np.repeat(np.arange(len(sizes), dtype=np.uint64), sizes)
        keyed = (np.concatenate(grams).astype(np.uint64) << np.uint64(32)) | owners
        keyed.sort()
        every = (keyed >> np.uint64(32)).astype(np.uint32)
        self.parts = keyed.astype(np.uint32).astype(np.int64)
        items = np.array([len(one) // 2 for one in sizes_of])
        self.benchmark = np.repeat(np.arange(len(items)), items)
        owner = self.benchmark[self.parts >> 1]
        weights, holders = _weights(every, owner, items)
        weights **= power
        kept = holders <= hot
        self.hot = [_each(every[mine], weights[mine]) for one in range(len(items)) for mine in [~kept & (owner == one)]]
        every, self.parts, self.weights = every[kept], self.parts[kept].astype(np.int32), weights[kept].astype(np.float32)
        first = np.flatnonzero(np.diff(every, prepend=~every[:1]))
        self.grams, self.starts = every[first], np.append(first, len(every))
        self._known = np.zeros(1 << _LOOK_BITS, bool)
        self._known[self.grams >> np.uint32(32 - _LOOK_BITS)] = True
        sums = np.bincount(self.parts, self.weights, len(sizes)).astype(np.float64).reshape(-1, 2)
        counts = np.bincount(self.parts, minlength=len(sizes)).reshape(-1, 2)
        self.question_weight, self.whole_weight = sums[:, 0], sums.sum(axis=1)
        self.question_grams, self.whole_grams = counts[:, 0], counts.sum(axis=1)

    def known(self) -> Iterator[tuple[NDArray[np.uint32], NDArray[np.float64]]]:
        """For each benchmark: every n-gram it has, sorted, and its weight, hot ones too."""
        every = np.repeat(self.grams, np.diff(self.starts))
        for benchmark, (hot, hot_weights) in enumerate(self.hot):
            mine = self.benchmark[self.parts >> 1] == benchmark
            yield _each(np.concatenate([every[mine], hot]), np.concatenate([self.weights[mine], hot_weights]))

    def hits(self, shingles: Shingles) -> Hits:
        """What the texts share with the items."""
        return self.hits_of(short(shingles.hashes), shingles.offsets)

    def hits_of(self, grams: NDArray[np.uint32], offsets: NDArray[np.int64]) -> Hits:
        """The same for the n-grams of rows, one row after the other."""
        at = np.flatnonzero(self._known[grams >> np.uint32(32 - _LOOK_BITS)])
        found = np.minimum(np.searchsorted(self.grams, grams[at]), len(self.grams) - 1)
        true = self.grams[found] == grams[at]
        at, found = at[true], found[true]
        rows = np.searchsorted(offsets, at, side="right") - 1
        once = np.unique(rows * len(self.grams) + found)  # a row that repeats an n-gram has it once
        pairs, question, whole = self._shared(once // len(self.grams), once % len(self.grams))
        items = len(self.question_weight)
        bounds = np.searchsorted(at, offsets)
        return Hits(pairs // items, pairs % items, question, whole, at, found, bounds, offsets)

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


def _each(grams: NDArray[np.uint32], weights: NDArray[np.float64]) -> tuple[NDArray[np.uint32], NDArray[np.float64]]:
    """Each n-gram once, sorted, with its weight."""
    each, first = np.unique(grams, return_index=True)
    return each, weights[first]


def _weights(
    grams: NDArray[np.uint32], benchmark: NDArray[np.int64], sizes: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """1 for an n-gram of one item, less the more items of its benchmark have it (inverse document frequency); and how many have it."""
    border = np.ones(len(grams), bool)
    border[1:] = (grams[1:] != grams[:-1]) | (benchmark[1:] != benchmark[:-1])
    group = np.cumsum(border) - 1
    items = np.bincount(group)[group].astype(np.int64)
    total = np.log(sizes + 1.0)[benchmark]
    return np.asarray((total - np.log(items)) / total, np.float64), items
