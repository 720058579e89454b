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


_Hits = tuple[NDArray[Any], ...]


@dataclass(frozen=True, slots=True)
class Near:
    """Remembered rows near a query, with their cosines and their vectors (one a line) as they are kept."""

    rows: NDArray[np.int64]
    cosines: NDArray[np.float32]
    vectors: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.rows)

    def at(self, places: NDArray[Any]) -> Near:
        """Those at these places (or where this mask is true), in that order."""
        return Near(self.rows[places], self.cosines[places], self.vectors[places])


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
        slots = np.flatnonzero(chosen)
        return _Cluster(self.codes[slots], self.scales[slots], self.rows[slots])

    def vectors(self) -> NDArray[np.float32]:
        return self.codes[: self.size] * self.scales[: self.size, None]

    def hits(self, queries: NDArray[np.float32], bars: NDArray[np.float32], most: int, room: NDArray[np.float32]) -> _Hits | None:
        """(query, slot, cosine) of rows whose cosine reaches the query's bar: of each query at least the `most` nearest, if it has so many.

        Raises the bar of a query that has `most` here already: no other cluster need offer it what lies farther. `room`:
        memory for the cluster's vectors, used again for each cluster.
        """
        codes = room[: self.size]
        codes[:] = self.codes[: self.size]
        cosines = queries @ codes.T
        cosines *= self.scales[: self.size]
        pairs = np.flatnonzero(cosines >= bars[:, None])
        if not len(pairs):
            return None
        query, slot = np.divmod(pairs, self.size)
        if len(pairs) > most * len(queries) and self.size > most:
            slot = np.argpartition(cosines, self.size - most, axis=1)[:, self.size - most :].ravel()
            query = np.repeat(np.arange(len(queries)), most)
            np.maximum(bars, cosines[query, slot].reshape(-1, most).min(axis=1), out=bars)
        return query, slot, cosines[query, slot]


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

    def search(self, queries: NDArray[np.float32], at_least: float, most: int = MOST_HITS) -> list[Near]:
        """For each query the rows of cosine `at_least` and above, nearest first, at most `most`; the earlier first among equals."""
        found = [Near(np.empty(0, np.int64), np.empty(0, np.float32), np.empty((0, self.dim), np.float32))] * len(queries)
        with _one_thread():
            query, row, cluster, slot, cosine = self._hits(queries, np.full(len(queries), at_least, np.float32), most)
        order = np.lexsort((row, -cosine, query))
        rank = np.arange(len(order)) - np.searchsorted(query[order], query[order])  # among the hits of the same query
        order = order[rank < most]
        borders = np.flatnonzero(np.diff(query[order], prepend=-1, append=-1))
        for start, end in zip(borders[:-1].tolist(), borders[1:].tolist(), strict=True):
            mine = order[start:end]
            kept = zip(cluster[mine].tolist(), slot[mine].tolist(), strict=True)
            vectors = [self._clusters[one].codes[at] * self._clusters[one].scales[at] for one, at in kept]
            found[int(query[mine[0]])] = Near(row[mine], cosine[mine], np.stack(vectors))
        return found

    def _hits(self, queries: NDArray[np.float32], bars: NDArray[np.float32], most: int) -> tuple[NDArray[Any], ...]:
        """(query, row, cluster, slot, cosine) of all hits."""
        room = np.empty((_CLUSTER, self.dim), np.float32)
        asked, clusters = self._probes(queries)
        borders = np.flatnonzero(np.diff(clusters, prepend=-1, append=-1))
        parts: list[tuple[NDArray[Any], ...]] = [(asked[:0], asked[:0], asked[:0], asked[:0], bars[:0])]
        for start, end in zip(borders[:-1].tolist(), borders[1:].tolist(), strict=True):
            mine, number = asked[start:end], int(clusters[start])
            bar = bars[mine]
            cluster = self._clusters[number]
            hits = cluster.hits(queries[mine], bar, most, room)
            if hits is not None:
                bars[mine] = bar
                query, slot, cosine = hits
                parts.append((mine[query], cluster.rows[slot], np.full(len(query), number), slot, cosine))
        query, row, number_of, slot, cosine = (np.concatenate(column) for column in zip(*parts, strict=True))
        return tuple(column[cosine >= bars[query]] for column in (query, row, number_of, slot, cosine))

    def _probes(self, queries: NDArray[np.float32]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Pairs of (query, cluster to search), in the order of clusters."""
        count = len(self._clusters)
        if count <= _PROBES:
            return np.tile(np.arange(len(queries)), count), np.repeat(np.arange(count), len(queries))
        nearest = np.argpartition(queries @ self._centres.T, count - _PROBES, axis=1)[:, count - _PROBES :]
        clusters = nearest.ravel()
        order = np.argsort(clusters, kind="stable")
        return np.repeat(np.arange(len(queries)), _PROBES)[order], clusters[order]

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
    """Rows as int8 and the factor, above 0, that brings each back."""
    scales = np.abs(vectors).max(axis=1, initial=0) / 127
    scales = np.where(scales > 0, scales, 1).astype(np.float32)
    return np.rint(vectors / scales[:, None]).astype(np.int8), scales


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
