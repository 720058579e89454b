"""The reading side of the journal: replies by key, and everything in commit order."""

# ruff: noqa: S608  # statements are put together from names written in this package
from __future__ import annotations

import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import orjson

from stream_synth.errors import StoreError
from stream_synth.journal.keys import KeyIndex
from stream_synth.journal.records import Reply, Totals, decoded, unpacked
from stream_synth.journal.schema import FILE, connect, unusable
from stream_synth.values import SeedRecord, Usage

LOADED_KEYS = 65_536  # read at once when the index is loaded
KEPT_PACKS = 32  # unpacked bodies of up to 64 KB each: a resumed seed's calls were journalled near each other

REPLY_FIELDS = ("key", "text_hash", "seed_id", "step", "sample", "role", "model", "endpoint", "attempts", "status", "finish_reason")
REPLY_COLUMNS = (
    f"{', '.join(REPLY_FIELDS)}, prompt_tokens, completion_tokens, reasoning_tokens, cached_tokens, estimated, "
    "cost_usd, latency_s, started_at, pack, place"
)
SUMS = "coalesce(sum(prompt_tokens), 0), coalesce(sum(completion_tokens), 0), coalesce(sum(reasoning_tokens), 0), total(cost_usd)"
# Columns of `calls` and `attempts` in the database: name to expression here, in order.
CALLS = {
    "key": "lower(hex(key))",
    "seed_id": "seed_id",
    "step": "step",
    "endpoint": "endpoint",
    "model": "model",
    "attempts": "attempts",
    "status": "status",
    "finish_reason": "finish_reason",
    "prompt_tokens": "prompt_tokens",
    "cached_tokens": "cached_tokens",
    "reasoning_tokens": "reasoning_tokens",
    "completion_tokens": "completion_tokens",
    "cost_usd": "CASE WHEN abs(cost_usd) < 1e300 THEN cost_usd END",
    "latency_s": "CASE WHEN abs(latency_s) < 1e300 THEN latency_s END",
    "started_at": "CAST(started_at * 1000000 AS INTEGER)",
    "sample": "sample",
    "role": "role",
    "estimated": "estimated",
    "text_hash": "lower(hex(text_hash))",
}
ATTEMPTS = {
    "call_key": "lower(hex(key))",
    "attempt": "attempt",
    "endpoint": "endpoint",
    "outcome": "outcome",
    "sent_at": "CAST(sent_at * 1000000 AS INTEGER)",
    "cost_upper_usd": "CASE WHEN abs(cost_upper_usd) < 1e300 THEN cost_upper_usd END",
}


class JournalReader:
    """Reads a journal, in this process or another, while it may be written. `StoreError` when there is none to read."""

    def __init__(self, directory: Path) -> None:
        self._path = directory / FILE
        self._lookups = connect(self._path)  # used by the thread that asks for replies
        self._copies = connect(self._path)  # used by whichever thread holds the lock
        self._copying = threading.Lock()
        self._reply_keys = KeyIndex()
        self._note_keys = KeyIndex()
        self._packs: OrderedDict[int, list[Any]] = OrderedDict()
        try:
            for table, index in (("replies", self._reply_keys), ("notes", self._note_keys)):
                index.load(_keys(self._lookups, table))
        except sqlite3.Error as error:
            self.close()
            raise unusable(self._path, error) from error

    def reply(self, key: bytes) -> Reply | None:
        """The reply to this call. A key never journalled costs about a microsecond, a journalled one 20-200 (its pack is unpacked)."""
        row_id = self._reply_keys.find(key)
        if row_id is None:
            return None
        row = self._one(f"SELECT {REPLY_COLUMNS} FROM replies WHERE id = ?", row_id)
        if row is None or row[0] != key:
            return None
        fields = dict(zip(REPLY_FIELDS, row, strict=False))
        prompt, completion, reasoning, cached, estimated, cost_usd, latency_s, started_at, pack, place = row[len(REPLY_FIELDS) :]
        usage = Usage(prompt, completion, reasoning, cached, estimated=bool(estimated))
        return Reply(**fields, usage=usage, cost_usd=cost_usd, latency_s=latency_s, started_at=started_at, body=self._body(pack, place))

    def noted(self, key: bytes) -> bytes | None:
        """The tool value under this key."""
        row_id = self._note_keys.find(key)
        row = None if row_id is None else self._one("SELECT key, value FROM notes WHERE id = ?", row_id)
        return bytes(row[1]) if row is not None and row[0] == key else None

    def decisions(self, after_seq: int = 0) -> Iterator[SeedRecord]:
        """Every decided seed with a greater seq, in order."""
        start = "SELECT coalesce(max(first_seq), 0) FROM decisions WHERE first_seq <= ?"
        with closing(connect(self._path)) as connection:
            try:
                rows = connection.execute(f"SELECT pack FROM decisions WHERE first_seq >= ({start}) ORDER BY first_seq", (after_seq,))
                for (pack,) in rows:
                    for record in decoded(pack):
                        if record.seq > after_seq:
                            yield record
            except sqlite3.Error as error:
                raise unusable(self._path, error) from error

    def replies_after(self, row_id: int, limit: int) -> tuple[int, dict[str, list[Any]]]:
        """(last row, columns of `CALLS`) of the next replies in commit order, up to `limit`; no columns when there are none."""
        source = "SELECT * FROM replies WHERE id > ? ORDER BY id LIMIT ?"
        return self._columns(CALLS, source, row_id, limit)

    def outcomes_after(self, row_id: int, limit: int) -> tuple[int, dict[str, list[Any]]]:
        """The same for attempts, columns of `ATTEMPTS`."""
        source = (
            "SELECT o.id, o.outcome, i.key, i.attempt, i.endpoint, i.sent_at, i.cost_upper_usd FROM outcomes o "
            "JOIN intents i ON i.id = o.attempt_id WHERE o.id > ? ORDER BY o.id LIMIT ?"
        )
        return self._columns(ATTEMPTS, source, row_id, limit)

    def totals(self) -> Totals:
        """Sums over the whole journal: 0.3 s for a million calls."""
        with self._copying:
            calls, prompt, completion, reasoning, cost = self._ask(f"SELECT count(*), {SUMS} FROM replies")
            (ambiguous,) = self._ask("SELECT count(*) FROM outcomes WHERE outcome = 'ambiguous'")
            (last_seq,) = self._ask("SELECT coalesce(max(last_seq), 0) FROM decisions")
        return Totals(calls, ambiguous, prompt, completion, reasoning, cost, last_seq)

    def unsettled(self) -> int:
        """Attempts without an outcome: in flight, or left by a killed process until a run opens the journal."""
        with self._copying:
            (count,) = self._ask("SELECT count(*) FROM intents WHERE id NOT IN (SELECT attempt_id FROM outcomes)")
        return int(count)

    def close(self) -> None:
        """Let go of the file."""
        self._lookups.close()
        self._copies.close()

    def _body(self, pack_id: int, place: int) -> dict[str, Any]:
        pack = self._packs.get(pack_id)
        if pack is None:
            row = self._one("SELECT pack FROM bodies WHERE id = ?", pack_id)
            if row is None:
                raise StoreError(f"{self._path}: body {pack_id} is missing; restore the file from a copy")
            pack = self._packs[pack_id] = unpacked(row[0])
            if len(self._packs) > KEPT_PACKS:
                self._packs.popitem(last=False)
        body: dict[str, Any] = pack[place]
        return body

    def _one(self, statement: str, row_id: int) -> tuple[Any, ...] | None:
        try:
            row: tuple[Any, ...] | None = self._lookups.execute(statement, (row_id,)).fetchone()
        except sqlite3.Error as error:
            raise unusable(self._path, error) from error
        return row

    def _ask(self, statement: str, *values: object) -> tuple[Any, ...]:
        try:
            row: tuple[Any, ...] = self._copies.execute(statement, values).fetchone()
        except sqlite3.Error as error:
            raise unusable(self._path, error) from error
        return row

    def _columns(self, columns: dict[str, str], source: str, row_id: int, limit: int) -> tuple[int, dict[str, list[Any]]]:
        """Each column as one JSON text: one step of SQLite for a thousand rows, so the interpreter lock is let go of once, not per row."""
        arrays = ", ".join(f"json_group_array({expression})" for expression in columns.values())
        with self._copying:
            last, *texts = self._ask(f"SELECT max(id), {arrays} FROM ({source})", row_id, limit)
        if last is None:
            return row_id, {}
        return last, dict(zip(columns, map(orjson.loads, texts), strict=True))


def _keys(connection: sqlite3.Connection, table: str) -> Iterator[list[tuple[bytes, int]]]:
    rows = connection.execute(f"SELECT substr(key, 1, 8), id FROM {table} ORDER BY id")
    while batch := rows.fetchmany(LOADED_KEYS):
        yield batch
