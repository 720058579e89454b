"""The journal as a run uses it."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Iterable, Sequence
from itertools import count
from pathlib import Path
from typing import Self

from stream_synth.errors import StoreError
from stream_synth.journal.reader import JournalReader
from stream_synth.journal.records import DURABILITY, Intent, Reply, encoded
from stream_synth.journal.schema import FILE, connect, prepare, unusable
from stream_synth.journal.writer import Row, Writer
from stream_synth.values import SeedRecord

ADOPT = """
INSERT INTO outcomes(id, attempt_id, outcome)
SELECT (SELECT coalesce(max(id), 0) FROM outcomes) + row_number() OVER (ORDER BY id), id, 'ambiguous' FROM intents
WHERE id > (SELECT coalesce(max(intent), 0) FROM settled)
  AND id NOT IN (SELECT attempt_id FROM outcomes WHERE id > (SELECT coalesce(max(outcome), 0) FROM settled))
"""
SETTLED = (
    "INSERT INTO settled(intent, outcome) SELECT (SELECT coalesce(max(id), 0) FROM intents), (SELECT coalesce(max(id), 0) FROM outcomes)"
)


class Journal(JournalReader):
    """What was sent, answered and decided, in order. One process holds it at a time (the run directory's lock sees to that).

    Every coroutine returns when its row is committed, at most a few milliseconds later, and raises `StoreError` when the disk fails:
    from then on nothing is taken, and nothing acknowledged is lost. A row counts from the first moment of its `await`: cancelling the
    task that waits loses the acknowledgement only, so none of them needs `asyncio.shield`. Attempts that a killed process left open become
    `ambiguous` when the journal is opened.
    """

    def __init__(self, directory: Path, writing: sqlite3.Connection, next_attempt: int) -> None:
        super().__init__(directory)
        self._attempt_ids = count(next_attempt)
        self._writer = Writer(self._path, writing, self._reply_keys, self._note_keys)
        self._closed = False

    @classmethod
    def open(cls, directory: Path, *, durability: str = "process") -> Self:
        """Open or make the journal of a run directory. `durability`: "process" survives kill -9, "power" a loss of power."""
        if durability not in DURABILITY:
            raise StoreError(f"durability {durability!r} is unknown: use one of {', '.join(DURABILITY)}")
        path = directory / FILE
        connection = connect(path, write=True)
        try:
            prepare(connection, DURABILITY[durability])
            for statement in ("BEGIN IMMEDIATE", ADOPT, SETTLED, "COMMIT"):
                connection.execute(statement)
            (last,) = connection.execute("SELECT coalesce(max(id), 0) FROM intents").fetchone()
            return cls(directory, connection, last + 1)
        except sqlite3.Error as error:
            connection.close()
            raise unusable(path, error) from error

    def next_attempt_id(self) -> int:
        """A number for the next intent, unique in this run directory."""
        return next(self._attempt_ids)

    async def intend(self, intent: Intent) -> None:
        """An attempt is about to leave."""
        group = self._writer.group()
        group.intents.append(intent)
        await self._writer.joined(group)

    async def settle(self, attempt_id: int, outcome: str, reply: Reply | None = None) -> None:
        """How an attempt ended; with `reply`, its call is finished."""
        group = self._writer.group()
        group.outcomes.append((attempt_id, outcome))
        if reply is not None:
            group.replies.append(reply)
        await self._writer.joined(group)

    async def finish(self, reply: Reply) -> None:
        """A call that ended without an attempt."""
        group = self._writer.group()
        group.replies.append(reply)
        await self._writer.joined(group)

    async def note(self, key: bytes, value: bytes) -> None:
        """Keep a tool value; the newest under a key counts."""
        group = self._writer.group()
        group.notes.append((key, value))
        await self._writer.joined(group)

    def decide(self, records: Sequence[SeedRecord]) -> asyncio.Future[None]:
        """Keep these decisions; seqs grow and are never used twice.

        They stand in line from the call on, whenever it is awaited: several batches may be on their way in order.
        """
        group = self._writer.group()
        if not records:
            return self._writer.joined(group)

        def rows() -> Iterable[Row]:
            return encoded(records)

        group.decisions.append(rows)
        return self._writer.joined(group)

    def sync(self) -> None:
        """Bring everything committed so far to the disk itself. Called before each commit of the database.

        Only the write-ahead log is synced: checkpoints sync the main file before they reuse the log. (The main file must not be opened
        and closed by other means in this process: that would drop SQLite's locks.)
        """
        try:
            descriptor = os.open(f"{self._path}-wal", os.O_RDONLY)
        except FileNotFoundError:
            return
        try:
            os.fsync(descriptor)
        except OSError as error:
            raise unusable(self._path, error) from error
        finally:
            os.close(descriptor)

    def close(self) -> None:
        """Commit what is waiting and close the file; without open attempts, the next opening has nothing to look through."""
        if self._closed:
            return
        self._closed = True
        super().close()
        self._writer.close()
