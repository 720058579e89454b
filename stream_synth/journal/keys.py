"""Which keys the journal holds, and in which row: the quick no for calls that were never made."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

RECENT = 65_536  # keys in the dictionary (130 bytes each) before they are folded into the arrays
RECENT_SHARE = 16  # or this share of the arrays, so that folding costs a constant time a key
Integers = npt.NDArray[np.int64]


class KeyIndex:
    """First 8 bytes of each key to its row: 16 bytes a row in two sorted arrays, about 24 with those not yet folded in.

    One thread adds, any thread finds. Two keys with equal first 8 bytes (a chance of 3e-6 among ten million) shadow each other:
    the caller compares whole keys, so the older one is asked again, never answered wrongly.
    """

    def __init__(self) -> None:
        self._sorted: tuple[Integers, Integers] = (np.empty(0, np.int64), np.empty(0, np.int64))  # replaced as a whole
        self._recent: dict[int, int] = {}

    def __len__(self) -> int:
        return len(self._sorted[0]) + len(self._recent)

    def load(self, batches: Iterable[list[tuple[bytes, int]]]) -> None:
        """Take (first 8 bytes of the key, row) in row order."""
        keys, rows = [self._sorted[0]], [self._sorted[1]]
        for batch in batches:
            keys.append(np.frombuffer(b"".join([key for key, _ in batch]), ">i8").astype(np.int64))
            rows.append(np.array([row for _, row in batch], np.int64))
        self._set(np.concatenate(keys), np.concatenate(rows))

    def add(self, keys: Iterable[bytes], first_row: int) -> None:
        """Keys of consecutive rows."""
        for row, key in enumerate(keys, first_row):
            self._recent[int.from_bytes(key[:8], "big", signed=True)] = row
        if len(self._recent) > max(RECENT, len(self._sorted[0]) // RECENT_SHARE):
            self._fold()

    def find(self, key: bytes) -> int | None:
        """The newest row under this key, if any."""
        number = int.from_bytes(key[:8], "big", signed=True)
        row = self._recent.get(number)
        keys, rows = self._sorted
        if row is None and len(keys):
            place = int(keys.searchsorted(number, "right")) - 1
            if place >= 0 and keys[place] == number:
                return int(rows[place])
        return row

    def _fold(self) -> None:
        """The arrays first, then the dictionary: a key is never in neither."""
        recent, (keys, rows) = self._recent, self._sorted
        fresh_keys, fresh_rows = np.fromiter(recent, np.int64, len(recent)), np.fromiter(recent.values(), np.int64, len(recent))
        self._set(np.concatenate([keys, fresh_keys]), np.concatenate([rows, fresh_rows]))
        self._recent = {}

    def _set(self, keys: Integers, rows: Integers) -> None:
        order = keys.argsort(kind="stable")
        self._sorted = keys[order], rows[order]
