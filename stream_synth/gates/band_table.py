"""An index from 64-bit keys to row numbers: open addressing in one numpy array, 8 bytes a slot.

A slot holds the upper 38 bits of a key and a 26-bit row number. Lookups and insertions run over whole batches, one probe
for all keys at a time. Keys must be well mixed. Two different keys that agree in 38 bits give a false candidate, about
one lookup in 1,500 at ten million rows of 18 keys: whoever asks verifies.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_ROW_BITS = np.uint64(26)
_ROW_MASK = np.uint64((1 << 26) - 1)
MAX_ROWS = (1 << 26) - 1
_MAX_LOAD = 0.6  # expected probes of a miss: 3.6; at 0.75 it would be 8.5
_GROWTH = 1.6
_SLACK = 1 << 10  # cells behind the last home slot, so that probing never wraps
_REBUILD_CHUNK = 1 << 20  # entries placed together while growing: bounds the temporary arrays


class BandTable:
    """Keys to row numbers, at most `cap` rows for a key: the first ones. Not safe for use from two threads at once."""

    def __init__(self, cap: int = 16, slots: int = 1 << 14) -> None:
        self.cap = cap
        self._slots = slots
        self._table = np.zeros(slots + _SLACK, np.uint64)
        self._used = 0

    @property
    def nbytes(self) -> int:
        """Bytes of the table."""
        return self._table.nbytes

    def find(self, keys: NDArray[np.uint64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """For flat keys: (position in `keys`, row number) of every match, in no particular order."""
        asked = np.arange(len(keys))
        slot, tag = self._home(keys), keys >> _ROW_BITS
        found_at: list[NDArray[np.int64]] = []
        found: list[NDArray[np.int64]] = []
        while len(asked):
            entry = self._table[slot]
            live = entry != 0
            if not live.all():
                asked, slot, tag, entry = asked[live], slot[live], tag[live], entry[live]
            same = (entry >> _ROW_BITS) == tag
            if same.any():
                found_at.append(asked[same])
                found.append((entry[same] & _ROW_MASK).astype(np.int64))
            slot = slot + 1
        if not found:
            return np.empty(0, np.int64), np.empty(0, np.int64)
        return np.concatenate(found_at), np.concatenate(found)

    def count(self, keys: NDArray[np.uint64]) -> NDArray[np.int64]:
        """How many rows each key has."""
        return np.bincount(self.find(keys)[0], minlength=len(keys))

    def insert(self, keys: NDArray[np.uint64], rows: NDArray[np.int64]) -> None:
        """Add (key, row) pairs, given in the order of remembering; a key that has `cap` rows takes no more."""
        if not len(keys):
            return
        if int(rows.max()) > MAX_ROWS:
            raise OverflowError(f"a band table numbers at most {MAX_ROWS:,} rows; split the run")
        wanted = self.count(keys) + _rank_among_equals(keys >> _ROW_BITS) < self.cap
        keys, rows = keys[wanted], rows[wanted]
        if self._used + len(keys) > _MAX_LOAD * self._slots:
            self._grow(self._used + len(keys))
        self._place((keys >> _ROW_BITS << _ROW_BITS) | rows.astype(np.uint64))

    def _home(self, entries: NDArray[np.uint64]) -> NDArray[np.int64]:
        """Home slots grow with the key, so a sorted array of entries is laid out in one pass."""
        return (((entries >> np.uint64(32)) * np.uint64(self._slots)) >> np.uint64(32)).astype(np.int64)

    def _place(self, entries: NDArray[np.uint64]) -> None:
        slot = self._home(entries)
        self._used += len(entries)
        while len(entries):
            if int(slot.max()) >= len(self._table) - 1:  # the last cell stays empty: probing ends there
                self._table = np.concatenate([self._table, np.zeros(_SLACK, np.uint64)])
            empty = self._table[slot] == 0
            self._table[slot[empty]] = entries[empty]
            left = self._table[slot] != entries  # occupied, or lost the slot to another entry of this batch
            entries, slot = entries[left], slot[left] + 1

    def _grow(self, wanted: int) -> None:
        """Lay out everything anew in a larger table: sort, then each entry goes to its home or just behind its predecessor."""
        entries = self._table[self._table != 0]
        entries.sort()
        self._slots = int(max(self._slots * _GROWTH, wanted / _MAX_LOAD))
        self._table = np.zeros(self._slots + _SLACK, np.uint64)
        last = -1
        for start in range(0, len(entries), _REBUILD_CHUNK):
            chunk = entries[start : start + _REBUILD_CHUNK]
            steps = np.arange(len(chunk))
            place = np.maximum.accumulate(np.maximum(self._home(chunk) - steps, last + 1)) + steps
            if int(place[-1]) >= len(self._table) - 1:
                self._table = np.concatenate([self._table, np.zeros(len(entries), np.uint64)])
            self._table[place] = chunk
            last = int(place[-1])


def _rank_among_equals(keys: NDArray[np.uint64]) -> NDArray[np.int64]:
    """How many equal keys stand before each one."""
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    first = np.ones(len(keys), bool)
    first[1:] = ordered[1:] != ordered[:-1]
    steps = np.arange(len(keys))
    ranks = np.empty(len(keys), np.int64)
    ranks[order] = steps - np.maximum.accumulate(np.where(first, steps, 0))
    return ranks
