"""Which remembered rows share a key with a new one: a large table, and the rows remembered since it was last brought up to date.

`look` asks the table for a whole batch and says up to which row it has seen; `later` finds what was remembered after
that, one row at a time. Together they give what a look at everything remembered would give, whatever was looked at,
admitted and remembered in between: a key keeps its first `cap` rows, in the order of remembering.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from stream_synth.gates.band_table import BandTable

_MAX_RECENT = 4096  # rows remembered without a look in between (a restore) before they go into the table


class TwinIndex:
    """Keys of remembered rows. `keys` of one row are a flat array of `width` well-mixed 64-bit numbers."""

    def __init__(self, cap: int = 16) -> None:
        self._table = BandTable(cap)
        self._settled = 0  # rows whose keys are in the table
        self._recent: list[NDArray[np.uint64]] = []  # keys of the rows since, in order
        self._first: dict[int, int] = {}  # key to row, of the recent rows that `later` has indexed
        self._further: dict[int, list[int]] = {}  # the same for keys that several of them share
        self._indexed = 0

    @property
    def nbytes(self) -> int:
        """Bytes of the table; recent rows are bounded by the batch."""
        return self._table.nbytes

    def __len__(self) -> int:
        return self._settled + len(self._recent)

    def remember(self, keys: NDArray[np.uint64]) -> None:
        """The next row, with its keys; none at all for a row that nobody should find."""
        if len(self._recent) >= _MAX_RECENT:
            self.settle()
        self._recent.append(keys)

    def restore(self, keys: NDArray[np.uint64]) -> None:
        """The next rows at once, with their keys (rows x width); a row of zeros is one that nobody should find."""
        self.settle()
        filled = np.flatnonzero(keys.any(axis=1))
        self._table.insert(keys[filled].ravel(), np.repeat(filled + self._settled, keys.shape[1]))
        self._settled += len(keys)

    def settle(self) -> None:
        """Move recent rows into the table."""
        if self._recent:
            rows = np.repeat(np.arange(self._settled, len(self)), [len(keys) for keys in self._recent])
            self._table.insert(np.concatenate(self._recent), rows)
            self._settled = len(self)
            self._recent = []
            self._first, self._further, self._indexed = {}, {}, 0

    def look(self, keys: list[NDArray[np.uint64]]) -> list[list[int]]:
        """For the keys of each row of a batch: the rows remembered so far that share one, earliest first."""
        self.settle()
        found: list[list[int]] = [[] for _ in keys]
        if not keys:
            return found
        owner = np.repeat(np.arange(len(keys)), [len(one) for one in keys])
        at, rows = self._table.find(np.concatenate(keys))
        for pair in np.unique((owner[at] << 32) | rows).tolist():
            found[pair >> 32].append(pair & 0xFFFFFFFF)
        return found

    def later(self, keys: NDArray[np.uint64], seen: int) -> list[int]:
        """Rows remembered from number `seen` on that share a key, earliest first."""
        if seen >= len(self):
            return []
        rows: set[int] = set()
        if seen < self._settled and len(keys):
            rows.update(self._table.find(keys)[1].tolist())
        self._index_recent()
        for key in self._first.keys() & keys.tolist():
            room = self._table.cap - int(self._table.count(np.array([key], np.uint64))[0])
            rows.update([self._first[key], *self._further.get(key, ())][: max(0, room)])
        return sorted(row for row in rows if row >= seen)

    def _index_recent(self) -> None:
        """Most rows share no key with another recent one: for those the loop over keys runs inside `update`."""
        for place in range(self._indexed, len(self._recent)):
            row, keys = self._settled + place, self._recent[place].tolist()
            if not self._first.keys().isdisjoint(keys):
                for key in self._first.keys() & keys:
                    self._further.setdefault(key, []).append(row)
                    keys.remove(key)
            self._first.update(dict.fromkeys(keys, row))
        self._indexed = len(self._recent)
