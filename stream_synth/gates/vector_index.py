"""An index of vectors that grows row by row: which remembered rows lie within a cosine of a new one.

Rows stand in clusters of at most 512; a full cluster is split in two. A search goes through the `_PROBES` clusters
whose centres are nearest to the query, so up to `_PROBES` clusters (some 35,000 rows) it is exact, and there is no
moment at which an index is built. Vectors are kept as int8 with one scale a row: a cosine is right to 0.01.

Memory for each row: `dim` bytes and 12, times 1.1 to 1.3 for room to grow: 160 to 180 bytes at 128 dimensions.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from threadpoolctl import ThreadpoolController

Number = TypeVar("Number", bound=np.generic)

MOST_HITS = 16  # neighbours worth looking at: a duplicate is nearer than the rows that merely share its template
_CLUSTER = 512  # rows: at one cost of a search, smaller clusters find more; the calls around a product then cost as much as the product
_PROBES = 96  # clusters a query goes through; what they find is printed by benchmarks/gates_duplicates.py
_ROUNDS = 4  # of 2-means in a split: halves hardly move after three
_GROWTH = 1.25  # of a cluster's arrays
_BUCKET = 1 << 16  # rows added at once: bounds the temporary arrays of a restore


@dataclass(frozen=True, slots=True)
class Hit:
    """A remembered row near a query, and its vector as it is kept."""

    row: int
    cosine: float
    vector: NDArray[np.float32]


class _Cluster:
    """Some rows: numbers, int8 vectors and their scales, in arrays with room to grow."""

    __slots__ = ("codes", "rows", "scales", "size")

    def __init__(self, codes: NDArray[np.int8], scales: NDArray[np.float32], rows: NDArray[np.int64]) -> None:
        self.codes, self.scales, self.rows, self.size = codes, scales, rows, len(rows)

    def extend(self, codes: NDArray[np.int8], scales: NDArray[np.float32], rows: NDArray[np.int64]) -> None:
        end = self.size + len(rows)
        if end > len(self.rows):
            room = max(end, int(self.size * _GROWTH), 16)
            self.codes = _grown(self.codes, room)
            self.scales = _grown(self.scales, room)
            self.rows = _grown(self.rows, room)
        self.codes[self.size : end], self.scales[self.size : end], self.rows[self.size : end] = codes, scales, rows
        self.size = end

    def part(self, chosen: NDArray[np.bool_]) -> _Cluster:
        rows = np.flatnonzero(chosen)
        return _Cluster(self.codes[rows], self.scales[rows], self.rows[rows])

    def vectors(self) -> NDArray[np.float32]:
        return self.codes[: self.size] * self.scales[: self.size, None]


class VectorIndex:
    """Rows keep the numbers they are added under. Not safe for use from two threads at once."""

    def __init__(self, dim: int) -> None:
        self.dim = dim
        self._clusters = [_Cluster(np.empty((0, dim), np.int8), np.empty(0, np.float32), np.empty(0, np.int64))]
        self._centres = np.zeros((1, dim), np.float32)
        self._size = 0
        self._turn = 0  # the cluster that was tidied last

    def __len__(self) -> int:
        return self._size

    @property
    def nbytes(self) -> int:
        """Bytes of all arrays."""
        return self._centres.nbytes + sum(c.codes.nbytes + c.scales.nbytes + c.rows.nbytes for c in self._clusters)

    def add(self, vectors: NDArray[np.float32], rows: NDArray[np.int64]) -> None:
        """More rows, each vector of length 1. Each call also tidies one cluster."""
        with _one_thread():
            for start in range(0, len(vectors), _BUCKET):
                codes, scales = quantised(vectors[start : start + _BUCKET])
                self._place(vectors[start : start + _BUCKET], codes, scales, rows[start : start + _BUCKET])
            self._size += len(vectors)
            self._tidy()

    def search(self, queries: NDArray[np.float32], at_least: float, most: int = MOST_HITS) -> list[list[Hit]]:
        """For each query the rows of cosine `at_least` and above, nearest first, at most `most`; the earlier first among equals."""
        found: list[list[Hit]] = [[] for _ in queries]
        if not self._size:
            return found
        parts = []
        with _one_thread():
            asked, clusters = self._probes(queries)
            borders = np.flatnonzero(np.diff(clusters, prepend=-1, append=-1))
            for start, end in zip(borders[:-1].tolist(), borders[1:].tolist(), strict=True):
                part = self._search_cluster(int(clusters[start]), queries, asked[start:end], at_least, most)
                if part is not None:
                    parts.append(part)
        if not parts:
            return found
        query, cosine, row, number, slot = (np.concatenate(column) for column in zip(*parts, strict=True))
        for place in np.lexsort((row, -cosine, query)).tolist():
            hits = found[query[place]]
            if len(hits) < most:
                cluster, at = self._clusters[number[place]], slot[place]
                hits.append(Hit(int(row[place]), float(cosine[place]), cluster.codes[at] * cluster.scales[at]))
        return found

    def _probes(self, queries: NDArray[np.float32]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Pairs of (query, cluster to search), in the order of clusters."""
        count = len(self._clusters)
        if count <= _PROBES:
            return np.tile(np.arange(len(queries)), count), np.repeat(np.arange(count), len(queries))
        nearest = np.argpartition(queries @ self._centres.T, count - _PROBES, axis=1)[:, count - _PROBES :]
        clusters = nearest.ravel()
        order = np.argsort(clusters, kind="stable")
        return np.repeat(np.arange(len(queries)), _PROBES)[order], clusters[order]

    def _search_cluster(
        self, number: int, queries: NDArray[np.float32], asked: NDArray[np.int64], at_least: float, most: int
    ) -> tuple[NDArray[Any], ...] | None:
        """(query, cosine, row, cluster, slot) of the hits in one cluster, for each query hardly more than the `most` nearest."""
        cluster = self._clusters[number]
        cosines = queries[asked] @ cluster.codes[: cluster.size].astype(np.float32).T
        cosines *= cluster.scales[: cluster.size]
        pairs = np.flatnonzero(cosines >= at_least)
        if not len(pairs):
            return None
        if len(pairs) > most * len(asked) and cluster.size > most:
            bars = np.partition(cosines, cluster.size - most, axis=1)[:, cluster.size - most]
            pairs = np.flatnonzero(cosines >= np.maximum(bars, at_least)[:, None])
        place, slot = np.divmod(pairs, cluster.size)
        return asked[place], cosines.ravel()[pairs], cluster.rows[slot], np.full(len(pairs), number), slot

    def _place(self, vectors: NDArray[np.float32], codes: NDArray[np.int8], scales: NDArray[np.float32], rows: NDArray[np.int64]) -> None:
        """Into the clusters of the nearest centres."""
        home = (vectors @ self._centres.T).argmax(axis=1)
        order = np.argsort(home, kind="stable")
        borders = np.flatnonzero(np.diff(home[order], prepend=-1, append=-1))
        for start, end in zip(borders[:-1].tolist(), borders[1:].tolist(), strict=True):
            chosen = order[start:end]
            number = int(home[chosen[0]])
            self._clusters[number].extend(codes[chosen], scales[chosen], rows[chosen])
            self._split(number)

    def _tidy(self) -> None:
        """Bring one cluster up to date, in turn: its centre to its middle, and rows to which another has come nearer over there.

        Splits leave rows behind that a new centre fits better: tidied, 0.99 of neighbours at cosine 0.92 are found, else 0.93.
        """
        self._turn = (self._turn + 1) % len(self._clusters)
        cluster = self._clusters[self._turn]
        if len(self._clusters) == 1 or not cluster.size:
            return
        vectors = cluster.vectors()
        middle = vectors.mean(axis=0)
        self._centres[self._turn] = middle / max(float(np.linalg.norm(middle)), 1e-9)
        astray = (vectors @ self._centres.T).argmax(axis=1) != self._turn
        if astray.any():
            leaving, self._clusters[self._turn] = cluster.part(astray), cluster.part(~astray)
            self._place(vectors[astray], leaving.codes, leaving.scales, leaving.rows)

    def _split(self, number: int) -> None:
        """While a cluster is over its size, one half of it becomes a new one."""
        cluster = self._clusters[number]
        if cluster.size <= _CLUSTER:
            return
        centres, upper = _two_means(cluster.vectors())
        self._clusters[number], other = cluster.part(~upper), cluster.part(upper)
        self._clusters.append(other)
        self._centres[number] = centres[0]
        self._centres = np.concatenate([self._centres, centres[1:]])
        for part in (number, len(self._clusters) - 1):
            self._split(part)


@cache
def _pools() -> ThreadpoolController:
    from threadpoolctl import ThreadpoolController  # noqa: PLC0415  # looks through the libraries that are loaded by then

    return ThreadpoolController()


def _one_thread() -> AbstractContextManager[object]:
    """Products here are small: on a busy machine the second BLAS thread costs three times what it brings, and always some."""
    limited: AbstractContextManager[object] = _pools().limit(limits=1, user_api="blas")
    return limited


def quantised(vectors: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Rows as int8 and the factor that brings each back."""
    scales = np.abs(vectors).max(axis=1, initial=0) / 127
    codes = np.rint(vectors / np.where(scales > 0, scales, 1)[:, None]).astype(np.int8)
    return codes, scales.astype(np.float32)


def _two_means(vectors: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Two centres of length 1 and which rows belong to the second; halves by order where the rows do not part."""
    first = vectors @ vectors.mean(axis=0)
    seeds = vectors[[int(first.argmin()), 0]]
    seeds[1] = vectors[int((vectors @ seeds[0]).argmin())]
    upper = np.arange(len(vectors)) % 2 == 1
    for _ in range(_ROUNDS):
        closer = vectors @ (seeds[1] - seeds[0]) > 0
        if closer.all() or not closer.any():
            break
        upper = closer
        seeds = np.stack([vectors[~upper].mean(axis=0), vectors[upper].mean(axis=0)])
        seeds /= np.maximum(np.linalg.norm(seeds, axis=1, keepdims=True), 1e-9)
    return seeds, upper


def _grown(values: NDArray[Number], room: int) -> NDArray[Number]:
    larger = np.empty((room, *values.shape[1:]), values.dtype)
    larger[: len(values)] = values
    return larger
