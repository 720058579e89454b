"""What a duplicate gate keeps of each remembered row: its id, its parent and a payload to verify candidates against.

Ids and payloads stand in one append-only file, or in memory where the gate has no folder. In RAM a row takes 22 bytes:
where its record starts, the sizes of its parts, and a hash of its parent.
"""

from __future__ import annotations

import os
from array import array
from pathlib import Path

import xxhash

from stream_synth.values import Sample

_BUFFER = 1 << 20  # bytes kept back before they are written: one system call for some 2,000 rows


class AppendLog:
    """Bytes that are only ever appended; read back by offset."""

    def __init__(self, path: Path | None) -> None:
        self._file = None if path is None else path.open("w+b", buffering=0)
        self._tail = bytearray()
        self._written = 0

    def append(self, record: bytes) -> int:
        """Keep it, and say where it starts."""
        start = self._written + len(self._tail)
        self._tail += record
        if self._file is not None and len(self._tail) >= _BUFFER:
            self.flush()
        return start

    def read(self, start: int, size: int) -> bytes:
        """The bytes appended there."""
        if start >= self._written:
            return bytes(self._tail[start - self._written : start - self._written + size])
        assert self._file is not None
        return os.pread(self._file.fileno(), size, start)

    def flush(self) -> None:
        """Write what is kept back."""
        if self._file is None:
            return
        while self._tail:
            written = self._file.write(self._tail) or 0
            del self._tail[:written]
            self._written += written

    def close(self) -> None:
        """Flush and release the file."""
        if self._file is not None and not self._file.closed:
            self.flush()
            self._file.close()


class RowStore:
    """Rows by number, from 0, in the order of remembering."""

    def __init__(self, path: Path | None) -> None:
        self._log = AppendLog(path)
        self._starts = array("Q")
        self._id_sizes = array("H")
        self._sizes = array("I")
        self._parents = array("Q")

    def __len__(self) -> int:
        return len(self._starts)

    def append(self, sample: Sample, payload: bytes) -> None:
        """Remember one row. Ids longer than 65,535 bytes are cut."""
        name = sample.id.encode("utf-8", "surrogatepass")[:65535]
        self._starts.append(self._log.append(name + payload))
        self._id_sizes.append(len(name))
        self._sizes.append(len(payload))
        self._parents.append(parent_key(sample))

    def parent(self, row: int) -> int:
        """Hash of the row's parent, 0 where it has none."""
        return self._parents[row]

    def id(self, row: int) -> str:
        """The row's id."""
        return self._log.read(self._starts[row], self._id_sizes[row]).decode("utf-8", "surrogatepass")

    def payload(self, row: int) -> bytes:
        """What was kept to verify candidates against."""
        return self._log.read(self._starts[row] + self._id_sizes[row], self._sizes[row])

    def close(self) -> None:
        """Flush and release the file."""
        self._log.close()


def parent_key(sample: Sample) -> int:
    """Rows of one parent share this number; a row that names no origin has 0 and shares it with nobody."""
    parent = sample.parent_id or sample.seed_id
    return xxhash.xxh3_64_intdigest(parent.encode("utf-8", "surrogatepass")) if parent else 0
