"""Rows and items as bags of two kinds of pieces: what each pair of them shares, rare pieces counting more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stream_synth.gates.contamination.postings import HOT, Hits, Postings

Pieces = tuple[NDArray[np.uint32], NDArray[np.int32]]  # hashes of all bags in order, and how many each part has


@dataclass(frozen=True, slots=True)
class Pairs:
    """Squared weights, one row of each array for a pair of row and item; column 0 and 1: the two kinds of pieces."""

    rows: NDArray[np.int64]
    items: NDArray[np.int64]
    shared: NDArray[np.float64]
    own: NDArray[np.float64]
    theirs: NDArray[np.float64]

    def cosine(self, kind: int) -> NDArray[np.float64]:
        """Of the pieces of one kind; 0 where one side has none."""
        return self.shared[:, kind] / np.sqrt(np.maximum(self.own[:, kind] * self.theirs[:, kind], 1e-9))


class Bags:
    """The items of several benchmarks, numbered through."""

    def __init__(self, benchmarks: Sequence[Pieces], hot: int = HOT) -> None:
        self._postings = Postings([pieces for pieces, _ in benchmarks], [sizes for _, sizes in benchmarks], power=2, hot=hot)
        self._known = list(self._postings.known())
        self.benchmark = self._postings.benchmark
        whole, first = self._postings.whole_weight, self._postings.question_weight
        self.weight = np.stack([first, whole - first], axis=1)

    def pairs(self, rows: Pieces, hopeful: float, own: NDArray[np.float64] | None = None) -> Pairs:
        """Pairs that share at least `hopeful` of the item's weight. `own`: of the rows, where it is not the sum of their pieces."""
        pieces, sizes = rows
        offsets = np.concatenate([[0], np.cumsum(sizes)])[::2]
        hits = self._postings.hits_of(pieces, offsets)
        near = np.flatnonzero(hits.whole >= hopeful * self._postings.whole_weight[hits.items])
        return self._weighed(hits, near, self.own_weight(rows) if own is None else own)

    def _weighed(self, hits: Hits, near: NDArray[np.int64], own: NDArray[np.float64]) -> Pairs:
        rows, items = hits.rows[near], hits.items[near]
        shared = np.stack([hits.question[near], hits.whole[near] - hits.question[near]], axis=1)
        mine = np.maximum(own[rows, :, self.benchmark[items]], shared)
        return Pairs(rows, items, shared, mine, np.maximum(self.weight[items], shared))

    def own_weight(self, rows: Pieces) -> NDArray[np.float64]:
        """Shape (rows, 2, benchmarks). A piece that a benchmark does not know weighs 1."""
        pieces, sizes = rows
        part = np.repeat(np.arange(len(sizes)), sizes)
        totals = np.repeat(sizes.astype(np.float64)[:, None], len(self._known), axis=1)
        for benchmark, (weights, known) in enumerate(self.weights_of(pieces)):
            totals[:, benchmark] -= np.bincount(part[known], 1 - weights[known], len(sizes))
        return totals.reshape(-1, 2, len(self._known))

    def weights_of(self, pieces: NDArray[np.uint32]) -> Iterator[tuple[NDArray[np.float64], NDArray[np.bool_]]]:
        """For each benchmark what every piece weighs there, and whether it is known there; 0 where it is not."""
        for grams, weights in self._known:
            if not len(grams):
                yield np.zeros(len(pieces)), np.zeros(len(pieces), bool)
                continue
            at = np.minimum(np.searchsorted(grams, pieces), len(grams) - 1)
            known = grams[at] == pieces
            yield np.where(known, weights[at], 0.0), known


def chunk(pieces: Pieces, first: int, last: int) -> Pieces:
    """Bags `first` to `last`."""
    starts = np.concatenate([[0], np.cumsum(pieces[1])])
    return pieces[0][starts[2 * first] : starts[2 * last]], pieces[1][2 * first : 2 * last]
