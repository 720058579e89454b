"""Brings decided seeds to the store: one thread, one transaction for a batch of whole seeds."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from stream_synth.values import Sample, SeedRecord

BATCH_ROWS = 1_000  # DuckDB takes 69,400 rows/s at batches of 1,024 and 1,350 row by row
MAX_WAIT_S = 1.0  # how old a decision may get before SQL shows it
QUEUE_ROWS = 8_000  # beyond this the lane waits, and through it the calls


class Commits(Protocol):
    """The part of the store that the sink needs, bound to its journal."""

    def __call__(self, records: Sequence[SeedRecord]) -> None:
        """Commit these seeds together."""
        ...


class Sink:
    """A bounded buffer in front of the store thread."""

    def __init__(self, commit: Commits, on_accepted: Callable[[Sequence[Sample]], Awaitable[None]] | None) -> None:
        self._commit = commit
        self._on_accepted = on_accepted
        self._buffer: list[SeedRecord] = []
        self._rows = 0
        self._changed = asyncio.Event()
        self._drained = asyncio.Event()
        self._finished = False
        self.thread = ThreadPoolExecutor(1, thread_name_prefix="store")

    async def put(self, records: Sequence[SeedRecord]) -> None:
        """Hand over decided seeds; waits while the store is behind."""
        while self._rows >= QUEUE_ROWS:
            self._drained.clear()
            await self._drained.wait()
        self._buffer.extend(records)
        self._rows += sum(1 + len(record.decisions) for record in records)
        if self._rows >= BATCH_ROWS:
            self._changed.set()

    def finish(self) -> None:
        """Nothing more will come."""
        self._finished = True
        self._changed.set()

    async def run(self) -> None:
        """Commit until finished; an error of the store ends the run."""
        loop = asyncio.get_running_loop()
        while True:
            waiter = loop.call_later(MAX_WAIT_S, self._changed.set)
            await self._changed.wait()
            waiter.cancel()
            self._changed.clear()
            batch, self._buffer, self._rows = self._buffer, [], 0
            if batch or self._finished:
                await loop.run_in_executor(self.thread, self._commit, batch)
            self._drained.set()
            if self._on_accepted is not None and batch:
                await self._on_accepted([d.sample for record in batch for d in record.decisions if d.accepted])
            if self._finished and not self._buffer:
                return
