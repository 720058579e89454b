"""What a duplicate gate keeps of each remembered row: its id, its parent and a payload to verify candidates against.

Ids and payloads stand in one append-only file, or in memory where the gate has no folder. In RAM a row takes 22 bytes:
where its entry starts, the sizes of its parts, and a hash of its parent. Beside the file stands a cache of what the gate
measured, so that a resumed run need not measure again.
"""

from __future__ import annotations

import os
from array import array
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import xxhash
from numpy.typing import NDArray

from stream_synth.gates.row_cache import RowCache
from stream_synth.values import Sample

_BUFFER = 1 << 20  # bytes kept back before they are written: one system call for some 2,000 rows


class AppendLog:
    """Bytes that are only ever appended; read back by offset. `keep` goes on behind what the file holds."""

    def __init__(self, path: Path | None, *, keep: bool = False) -> None:
        self._file = None if path is None else path.open("a+b" if keep else "w+b", buffering=0)
        self._tail = bytearray()
        self._written = path.stat().st_size if keep and path is not None else 0

    @property
    def size(self) -> int:
        """Bytes appended so far."""
        return self._written + len(self._tail)

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
    """Rows by number, from 0, in the order of remembering.

    With each row go `facts` bytes of the gate's own, which only `recall` gives back. `stamp` names whatever they depend
    on: a store that was made under another one starts anew.
    """

    def __init__(self, path: Path | None, stamp: str = "", facts: int = 0) -> None:
        self._cache = None if path is None else RowCache(path.with_name(path.name + ".cache"), stamp, facts)
        self._log = AppendLog(path, keep=self._cache is not None and self._cache.sound)
        if self._cache is not None:
            self._cache.cut(self._log.size)
        self._facts = facts
        self._starts = array("Q")
        self._id_sizes = array("H")
        self._sizes = array("I")
        self._parents = array("Q")

    def __len__(self) -> int:
        return len(self._starts)

    def append(self, sample: Sample, payload: bytes, facts: bytes = b"") -> None:
        """Remember one row. Ids longer than 65,535 bytes are cut."""
        name = sample.id.encode("utf-8", "surrogatepass")[:65535]
        start, parent = self._log.append(name + payload), parent_key(sample)
        self._starts.append(start)
        self._id_sizes.append(len(name))
        self._sizes.append(len(payload))
        self._parents.append(parent)
        if self._cache is not None:
            record = _cache_key(sample), start, parent, len(payload), len(name)
            if self._cache.append(record, facts.ljust(self._facts, b"\0")) >= _BUFFER:
                self._log.flush()
                self._cache.flush()

    def recall(self, batch: Sequence[Sample]) -> NDArray[np.uint8] | None:
        """Remember rows of an earlier run again: their facts (rows x bytes), or None, and nothing remembered, when one is unknown."""
        found = None if self._cache is None else self._cache.find([_cache_key(sample) for sample in batch])
        if found is None:
            return None
        self._starts.frombytes(found["start"].tobytes())
        self._id_sizes.frombytes(found["id_size"].tobytes())
        self._sizes.frombytes(found["size"].tobytes())
        self._parents.frombytes(found["parent"].tobytes())
        return np.ascontiguousarray(found["facts"])

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
        """Flush and release the files."""
        self._log.close()
        if self._cache is not None:
            self._cache.close()


def _cache_key(sample: Sample) -> int:
    """One row from elsewhere may stand for its prompt, for its response and for both."""
    return xxhash.xxh3_64_intdigest(f"{sample.dedup_on} {sample.id}".encode("utf-8", "surrogatepass"))


def parent_key(sample: Sample) -> int:
    """Rows of one parent share this number; a row that names no origin has 0 and shares it with nobody."""
    parent = sample.parent_id or sample.seed_id
    return xxhash.xxh3_64_intdigest(parent.encode("utf-8", "surrogatepass")) if parent else 0
