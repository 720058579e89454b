"""What lets a duplicate gate skip measuring when a run resumes: a file of fixed-size records beside its row store.

A cache, never the record: rows that it lacks are measured again, and a file that was made otherwise (another stamp) or
is damaged counts as empty. A record is a hash of the row's id and kind, where its entry in the row store stands, and the gate's
own bytes (band keys, a vector). A million rows are looked up and read in about a second.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_STAMP = 32  # bytes at the head of the file


class RowCache:
    """Records in the order of remembering. `facts` is the number of the gate's own bytes in each."""

    def __init__(self, path: Path, stamp: str, facts: int) -> None:
        self._record = np.dtype(
            [("key", "<u8"), ("start", "<u8"), ("parent", "<u8"), ("size", "<u4"), ("id_size", "<u2"), ("facts", "u1", (facts,))]
        )
        head = blake2b(f"{stamp} {self._record}".encode(), digest_size=_STAMP).digest()
        self.sound = _starts_with(path, head)
        self._file = path.open("r+b" if self.sound else "w+b", buffering=0)
        if not self.sound:
            self._file.write(head)
        count = (path.stat().st_size - _STAMP) // self._record.itemsize
        self._known: NDArray[Any] = np.empty(0, self._record)
        if count:
            self._known = np.memmap(path, self._record, "r", offset=_STAMP, shape=(count,))
        self._order: NDArray[np.int64] | None = None
        self._file.seek(_STAMP + count * self._record.itemsize)
        self._file.truncate()  # half a record at the end: the process was killed while it wrote
        self._tail = bytearray()

    def cut(self, log_size: int) -> None:
        """Forget records whose entries the row store does not hold."""
        if len(self._known):
            ends = self._known["start"] + self._known["size"] + self._known["id_size"]
            self._known = self._known[ends <= log_size]

    def find(self, keys: Sequence[int]) -> NDArray[Any] | None:
        """The records of the rows with these keys, the latest of each, or None when one is missing."""
        if not len(self._known):
            return None
        if self._order is None:
            self._order = np.argsort(self._known["key"], kind="stable")
            self._sorted = np.ascontiguousarray(self._known["key"][self._order])
        hashes = np.array(keys, np.uint64)
        places = np.searchsorted(self._sorted, hashes, side="right") - 1
        if (places < 0).any() or (self._sorted[places] != hashes).any():
            return None
        return self._known[self._order[places]]

    def append(self, record: tuple[int, int, int, int, int], facts: bytes) -> int:
        """Keep one more record (key, start, parent, size, id_size); the bytes not yet written."""
        self._known, self._order = self._known[:0], None  # the first new row ends the restoring
        key, start, parent, size, id_size = record
        self._tail += key.to_bytes(8, "little") + start.to_bytes(8, "little") + parent.to_bytes(8, "little")
        self._tail += size.to_bytes(4, "little") + id_size.to_bytes(2, "little") + facts
        return len(self._tail)

    def flush(self) -> None:
        """Write what is kept back. The row store's log goes first."""
        while self._tail:
            written = self._file.write(self._tail) or 0
            del self._tail[:written]

    def close(self) -> None:
        """Flush and release the file."""
        if not self._file.closed:
            self.flush()
            self._file.close()


def _starts_with(path: Path, head: bytes) -> bool:
    if not path.exists():
        return False
    with path.open("rb") as file:
        return file.read(len(head)) == head
