"""Vectors of remembered rows: a large index, and the rows remembered since it was last brought up to date.

The same division of labour as in `twin_index`: `look` asks for a whole batch, `later` finds what was remembered since.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from stream_synth.gates.vector_index import MOST_HITS, Near, VectorIndex

_MAX_RECENT = 4096  # rows remembered without a look in between before they go into the index


_RESTORED_TOGETHER = 1 << 14  # rows: 8 MB of vectors; large products run at twice the speed of small ones


class SemanticMemory:
    """Vectors of one length and kind. Row numbers grow, but need not be dense."""

    def __init__(self, dim: int) -> None:
        self.dim = dim
        self._index = VectorIndex(dim)
        self._recent = np.empty((256, dim), np.float32)
        self._rows = np.empty(256, np.int64)
        self._count = 0
        self._restored: list[tuple[NDArray[np.int64], NDArray[np.float32]]] = []
        self._settled = -1  # the last row in the index

    @property
    def nbytes(self) -> int:
        """Bytes of the index."""
        return self._index.nbytes

    def remember(self, row: int, vector: NDArray[np.float32]) -> None:
        """One more row."""
        if self._count >= _MAX_RECENT:
            self.settle()
        if self._count == len(self._rows):
            self._recent = np.concatenate([self._recent, np.empty_like(self._recent)])
            self._rows = np.concatenate([self._rows, np.empty_like(self._rows)])
        self._recent[self._count], self._rows[self._count] = vector, row
        self._count += 1

    def restore(self, rows: NDArray[np.int64], vectors: NDArray[np.float32]) -> None:
        """Rows of an earlier run, before any new one; they go into the index in large parts."""
        self._restored.append((rows, vectors))
        if sum(len(part) for part, _ in self._restored) >= _RESTORED_TOGETHER:
            self.settle()

    def settle(self) -> None:
        """Move restored and recent rows into the index."""
        if self._restored:
            rows = np.concatenate([part for part, _ in self._restored])
            self._index.add(np.concatenate([part for _, part in self._restored]), rows)
            self._settled = int(rows[-1])
            self._restored.clear()
        if self._count:
            self._index.add(self._recent[: self._count], self._rows[: self._count])
            self._settled = int(self._rows[self._count - 1])
            self._count = 0

    def look(self, vectors: NDArray[np.float32], at_least: float) -> list[Near]:
        """For each vector the rows near it, earliest first."""
        self.settle()
        return [_by_row(near) for near in self._index.search(vectors, at_least)]

    def later(self, vector: NDArray[np.float32], at_least: float, seen: int) -> Near:
        """Rows from number `seen` on that lie near, earliest first."""
        if self._restored:
            self.settle()
        cosines = self._recent[: self._count] @ vector
        places = np.flatnonzero((cosines >= at_least) & (self._rows[: self._count] >= seen))
        if len(places) > MOST_HITS:
            places = places[np.argsort(-cosines[places], kind="stable")[:MOST_HITS]]
        recent = Near(self._rows[places], cosines[places], self._recent[places])
        if seen > self._settled:
            return _by_row(recent)
        settled = self._index.search(vector[None], at_least)[0]
        settled = settled.at(settled.rows >= seen)
        parts = ((getattr(settled, name), getattr(recent, name)) for name in ("rows", "cosines", "vectors"))
        return _by_row(Near(*(np.concatenate(part) for part in parts)))


def _by_row(near: Near) -> Near:
    return near.at(np.argsort(near.rows)) if len(near) > 1 else near
