"""Reads a method's source in a thread of its own, one chunk ahead, and leaves out what is already done."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import blake2b
from typing import TypeAlias

from stream_synth.engine.screen import RefusedSeed
from stream_synth.values import BadRow, Seed, changed

Incoming: TypeAlias = Seed | BadRow | RefusedSeed

CHUNK_SEEDS = 512  # one thread hop (a turn of the loop, 50 ms at 3,000 calls/s) for this many; also the look-ahead in memory
CHUNK_S = 0.05  # a slow source hands over what it has


class DoneSeeds:
    """Seeds that are decided: a set of 64-bit hashes, about 70 bytes a seed, so 70 MB at a million.

    Two of a million ids share a hash with probability 3e-8; the price would be one seed left out.
    """

    def __init__(self, ids: Iterator[str]) -> None:
        self._hashes = {self._hash(seed_id) for seed_id in ids}

    def __contains__(self, seed_id: str) -> bool:
        """This seed is decided."""
        return self._hash(seed_id) in self._hashes

    @staticmethod
    def _hash(seed_id: str) -> int:
        return int.from_bytes(blake2b(seed_id.encode("utf-8", "surrogatepass"), digest_size=8).digest())


class Intake:
    """Seeds of one method, in order."""

    def __init__(self, label: str, read: Callable[[], Iterator[Incoming]], done: DoneSeeds) -> None:
        self.label = label
        self.exhausted = False
        self._read = read
        self._rows: Iterator[Incoming] | None = None
        self._done = done
        self._chunk: list[Incoming] = []
        self._ahead: asyncio.Future[list[Incoming]] | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"source-{label}")

    async def next(self) -> Incoming | None:
        """The next seed that is not done, or None at the end."""
        while not self._chunk:
            if self.exhausted:
                return None
            self._ahead = reading = self._ahead or self._fetch()
            await asyncio.wait([reading])
            self._ahead = None
            if reading.cancelled():
                return None
            chunk = reading.result()
            self.exhausted = not chunk
            self._chunk = chunk[::-1]
            if chunk:
                self._ahead = self._fetch()
        return self._chunk.pop()

    def stop(self) -> None:
        """No seed is wanted any more: who waits for one gets the end, though a source that blocks may hold its thread longer."""
        if self._ahead is not None:
            self._ahead.cancel()

    def close(self) -> None:
        """Stop reading; a read under way ends with its chunk."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _fetch(self) -> asyncio.Future[list[Incoming]]:
        return asyncio.get_running_loop().run_in_executor(self._thread, self._next_chunk)

    def _next_chunk(self) -> list[Incoming]:
        """Runs in the reader thread."""
        if self._rows is None:
            self._rows = self._read()
        chunk: list[Incoming] = []
        started = time.monotonic()
        while len(chunk) < CHUNK_SEEDS:
            row = next(self._rows, None)
            if row is None:
                break
            row = self._labelled(row)
            if _name(row) not in self._done:
                chunk.append(row)
            if chunk and time.monotonic() - started > CHUNK_S:
                break
        return chunk

    def _labelled(self, row: Incoming) -> Incoming:
        """Seeds of an earlier run keep the label they had."""
        if isinstance(row, RefusedSeed):
            return changed(row, seed=changed(row.seed, recipe=row.seed.recipe or self.label))
        return changed(row, recipe=row.recipe or self.label) if isinstance(row, Seed) else row


def _name(row: Incoming) -> str:
    """What stands in `seeds_done` for it."""
    if isinstance(row, RefusedSeed):
        return row.seed.id
    return row.id if isinstance(row, Seed) else row.position
