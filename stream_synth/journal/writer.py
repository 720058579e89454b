"""Group commit: rows gathered on the event loop, written by one thread, acknowledged together."""

from __future__ import annotations

import asyncio
import contextlib
import queue
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from stream_synth.errors import StoreError
from stream_synth.journal.keys import KeyIndex
from stream_synth.journal.records import PACK_BYTES, Intent, Reply, as_json, clean_text, packed
from stream_synth.journal.schema import insert, unusable

GROUP_S = 0.004  # how long the first row of a group waits for company when the thread is idle: 20 rows at 2,500 calls/s
GROUP_ROWS = 64  # a group this large does not wait for company
STATEMENT_ROWS = 512  # rows in one statement: 11,264 variables, under SQLite's 32,766. Each statement hands the GIL over and back

Row = tuple[Any, ...]


class Group:
    """Rows that are committed in one transaction, and the tasks that wait for it."""

    __slots__ = ("decisions", "due", "futures", "intents", "loop", "notes", "outcomes", "replies")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.due = False  # leaves as soon as the thread is free
        self.intents: list[Intent] = []
        self.outcomes: list[tuple[int, str]] = []
        self.replies: list[Reply] = []
        self.notes: list[tuple[bytes, bytes]] = []
        self.decisions: list[Callable[[], Iterable[Row]]] = []  # encoded in the writer's thread
        self.futures: list[asyncio.Future[None]] = []


class Writer:
    """The journal's only writing thread. One group is written at a time, and the next gathers meanwhile: groups grow with the load.

    A row belongs to the journal from the moment its method is called: a task that is cancelled while it waits loses the
    acknowledgement, never the row. After the first error of the disk nothing more is taken: every waiting and every later call raises.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection, replies: KeyIndex, notes: KeyIndex) -> None:
        self._path = path
        self._connection = connection
        self._indexes = {"replies": replies, "notes": notes}
        tables = ("outcomes", "replies", "bodies", "notes")
        self._next = {table: _last_id(connection, table) + 1 for table in tables}
        self._group: Group | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._writing = 0  # groups on their way, as far as this loop knows: it paces, nothing depends on it
        self._broken: StoreError | None = None
        self._groups: queue.SimpleQueue[Group | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    def group(self) -> Group:
        """The group that rows of this moment belong to. Follow with `joined` before anything else is awaited."""
        if self._broken is not None:
            raise StoreError(str(self._broken)) from self._broken
        loop = asyncio.get_running_loop()
        group = self._group
        if loop is not self._loop:
            if group is not None:
                self._send(group)
                group = None
            self._loop, self._writing = loop, 0  # the other loop may have ended without hearing of its groups
        if group is None:
            self._group = group = Group(loop)
            loop.call_later(GROUP_S, self._leave, group)
        return group

    def joined(self, group: Group) -> asyncio.Future[None]:
        """Resolves when the group is committed; raises `StoreError` when it could not be."""
        future = group.loop.create_future()
        group.futures.append(future)
        if len(group.futures) >= GROUP_ROWS:
            self._leave(group)
        return future

    def close(self) -> None:
        """Commit what is still waiting, stop the thread, close the connection."""
        if self._group is not None:
            self._send(self._group)
        self._groups.put(None)
        self._thread.join()
        self._connection.close()

    def _leave(self, group: Group) -> None:
        """The group has waited long enough, or is large enough."""
        group.due = True
        if group is self._group and (not self._writing or self._broken is not None):
            self._send(group)

    def _send(self, group: Group) -> None:
        self._group = None
        self._writing += 1
        self._groups.put(group)
        if self._broken is not None:
            self._refuse_waiting()  # the thread may have ended before it saw this one

    def _written(self, futures: Sequence[asyncio.Future[None]], error: StoreError | None) -> None:
        """On the loop: acknowledge, and let the next group go if it is due."""
        self._writing = max(0, self._writing - 1)
        if self._group is not None and self._group.due:
            self._send(self._group)
        _resolve(futures, error)

    # ------------------------------------------------------------------ the thread

    def _run(self) -> None:
        while (group := self._groups.get()) is not None:
            error = self._broken or self._try(group)
            if error is not None:
                self._broken = error
            self._tell(group, error)

    def _try(self, group: Group) -> StoreError | None:
        try:
            try:
                self._commit(group, _same)
            except UnicodeEncodeError:
                self._connection.execute("ROLLBACK")
                self._commit(group, _bindable)
        except sqlite3.Error as error:
            return unusable(self._path, error)
        except BaseException as error:  # a bug: it ends the thread, loudly, and leaves nobody waiting
            self._broken = unusable(self._path, error)
            self._groups.put(group)
            self._refuse_waiting()
            raise
        return None

    def _refuse_waiting(self) -> None:
        with contextlib.suppress(queue.Empty):
            while (group := self._groups.get_nowait()) is not None:
                self._tell(group, self._broken)

    def _tell(self, group: Group, error: StoreError | None) -> None:
        with contextlib.suppress(RuntimeError):  # its loop was closed: nobody waits any more
            group.loop.call_soon_threadsafe(self._written, group.futures, error)

    def _commit(self, group: Group, bindable: Callable[[Sequence[Any]], Sequence[Any]]) -> None:
        """Write the group; the numbering moves on only when the transaction is in."""
        ids = dict(self._next)
        packs, places = self._packs(group.replies, ids["bodies"])
        tables: dict[str, list[Row]] = {
            "intents": [(i.id, i.key, i.attempt, i.endpoint, i.sent_at, i.cost_upper_usd) for i in group.intents],
            "outcomes": [(ids["outcomes"] + n, *row) for n, row in enumerate(group.outcomes)],
            "replies": [(ids["replies"] + n, *_reply_row(r), *places[n]) for n, r in enumerate(group.replies)],
            "bodies": packs,
            "notes": [(ids["notes"] + n, *row) for n, row in enumerate(group.notes)],
            "decisions": [row for make in group.decisions for row in make()],
        }
        self._connection.execute("BEGIN IMMEDIATE")
        for table, rows in tables.items():
            for statement, values in _statements(table, rows):
                self._connection.execute(statement, bindable(values))
        self._connection.execute("COMMIT")
        for table in self._next:
            self._next[table] += len(tables[table])
        if group.replies:
            self._indexes["replies"].add([reply.key for reply in group.replies], ids["replies"])
        if group.notes:
            self._indexes["notes"].add([key for key, _ in group.notes], ids["notes"])

    @staticmethod
    def _packs(replies: Sequence[Reply], first_id: int) -> tuple[list[Row], list[tuple[int, int]]]:
        """Bodies as packs, and for each reply its (pack, place)."""
        packs: list[Row] = []
        places: list[tuple[int, int]] = []
        parts: list[bytes] = []
        size = 0
        for reply in replies:
            places.append((first_id + len(packs), len(parts)))
            parts.append(as_json(reply.body))
            size += len(parts[-1])
            if size >= PACK_BYTES:
                packs.append((first_id + len(packs), packed(parts)))
                parts, size = [], 0
        if parts:
            packs.append((first_id + len(packs), packed(parts)))
        return packs, places


def _reply_row(reply: Reply) -> Row:
    r, u = reply, reply.usage
    return (
        *(r.key, r.text_hash, r.seed_id, r.step, r.sample, r.role, r.model, r.endpoint, r.attempts, r.status, r.finish_reason),
        *(u.prompt_tokens, u.completion_tokens, u.reasoning_tokens, u.cached_tokens, u.estimated, r.cost_usd, r.latency_s, r.started_at),
    )


def _statements(table: str, rows: list[Row]) -> Iterator[tuple[str, list[Any]]]:
    """Few statements of few sizes, so that each stays prepared: a power of two, padded with NULLs."""
    for start in range(0, len(rows), STATEMENT_ROWS):
        some = rows[start : start + STATEMENT_ROWS]
        room = 1 << (len(some) - 1).bit_length()
        values = list(chain.from_iterable(some))
        values += [None] * ((room - len(some)) * len(some[0]))
        yield insert(table, room), values


def _same(values: Sequence[Any]) -> Sequence[Any]:
    return values


def _bindable(values: Sequence[Any]) -> Sequence[Any]:
    return [clean_text(value) if isinstance(value, str) else value for value in values]


def _resolve(futures: Iterable[asyncio.Future[None]], error: StoreError | None) -> None:
    for future in futures:
        if future.done():  # its task was cancelled
            continue
        if error is None:
            future.set_result(None)
        else:
            future.set_exception(StoreError(str(error)))


def _last_id(connection: sqlite3.Connection, table: str) -> int:
    (last,) = connection.execute(f"SELECT coalesce(max(id), 0) FROM {table}").fetchone()  # noqa: S608  # our own table names
    return int(last)
