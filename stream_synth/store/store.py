"""The database of a run directory: one writer, transactions of whole seeds."""

# ruff: noqa: S608  # statements are put together from names written in this package
from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple, Self

import duckdb
import pyarrow as pa

from stream_synth.errors import StoreError
from stream_synth.journal import Journal, storable
from stream_synth.store.rows import READ_SAMPLE, Metric, journal_table, samples_of, tables_of
from stream_synth.store.schema import FILE, TABLES, VIEWS
from stream_synth.values import Sample, SeedRecord

COPIED_ROWS = 10_000  # calls or attempts brought over from the journal in one statement: about 4 MB
CHECKPOINT_AT = "64MB"  # of write-ahead log: a checkpoint costs 10 us a row and a stall, replaying 64 MB after a crash a second
SETTINGS = {
    "checkpoint_threshold": CHECKPOINT_AT,
    "enable_external_access": "false",  # no statement, ours or a user's, reads or writes any file but the database
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "lock_configuration": "true",
}


@dataclass(frozen=True, slots=True)
class ResumePoint:
    """How far the database is, and what it holds."""

    last_seq: int
    reply_rowid: int
    outcome_rowid: int
    accepted: int
    rejected: int
    failed: int
    seeds_done: int
    accepted_tokens: int  # thinking and answers of accepted rows
    accepted_by_recipe: Mapping[str, int]


class Surplus(NamedTuple):
    """A row that only the target kept out."""

    id: str
    recipe: str
    tokens: int  # thinking and answer


class Store:
    """Writes from one thread; reading methods may be called from any. `StoreError` carries the remedy."""

    def __init__(self, path: Path, connection: duckdb.DuckDBPyConnection) -> None:
        self._path = path
        self._connection = connection
        self._last_seq, self._reply_rowid, self._outcome_rowid = self._row(
            "SELECT coalesce(max(last_seq), 0), coalesce(max(reply_rowid), 0), coalesce(max(outcome_rowid), 0) FROM progress"
        )

    @classmethod
    def open(cls, directory: Path, *, memory_limit_mb: int = 1024) -> Self:
        """Open or make the database of a run directory. The limit holds from the start: replaying the log after a crash obeys it."""
        path = directory / FILE
        try:
            connection = duckdb.connect(path, config=SETTINGS | {"memory_limit": f"{memory_limit_mb}MB"})
            if not connection.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = 'progress'").fetchall():
                connection.execute(f"BEGIN; {TABLES} {VIEWS} COMMIT; CHECKPOINT;")
            connection.execute(VIEWS)
            tables_of((), ())  # Arrow's first table imports pandas where it is installed, 0.3 s: here, not under a running event loop
            return cls(path, connection)
        except duckdb.Error as error:
            raise _unusable(path, error) from error

    def commit(self, records: Sequence[SeedRecord], journal: Journal, metrics: Sequence[Metric] = ()) -> None:
        """One transaction: these seeds whole, the calls and attempts journalled so far, and how far that is.

        Records come in order of seq, each once.
        """
        seqs = [record.seq for record in records]
        if any(later <= earlier for earlier, later in pairwise([self._last_seq, *seqs])):
            raise ValueError(f"seeds must be committed in order, after seq {self._last_seq}: {seqs[:20]}")
        tables = _tables(records, metrics)
        more = True
        while more:  # once, but when more was journalled than fits one statement
            reply_rowid, calls = journal.replies_after(self._reply_rowid, COPIED_ROWS)
            outcome_rowid, attempts = journal.outcomes_after(self._outcome_rowid, COPIED_ROWS)
            more = COPIED_ROWS in {len(calls.get("key", ())), len(attempts.get("call_key", ()))}
            tables |= {name: journal_table(name, rows) for name, rows in (("calls", calls), ("attempts", attempts)) if rows}
            if not tables and not records:
                return
            journal.sync()
            self._write(tables, records, (reply_rowid, outcome_rowid))
            records, tables = (), {}

    def resume_point(self) -> ResumePoint:
        """Counts of what is committed."""
        rejected, seeds_done, failed = self._row(
            "SELECT (SELECT count(*) FROM rejections), (SELECT count(*) FROM seeds_done), (SELECT count(*) FROM failures)"
        )
        by_recipe = self._rows(
            "SELECT recipe, count(*), sum(reasoning_tokens + answer_tokens) FROM samples GROUP BY recipe ORDER BY recipe"
        )
        return ResumePoint(
            *(self._last_seq, self._reply_rowid, self._outcome_rowid),
            *(sum(row[1] for row in by_recipe), rejected, failed, seeds_done, int(sum(row[2] or 0 for row in by_recipe))),
            {row[0]: row[1] for row in by_recipe},
        )

    def done_ids(self) -> Iterator[str]:
        """Ids of all finished seeds, in no order."""
        for batch in self._batches("SELECT seed_id FROM seeds_done", 65_536):
            yield from batch.column(0).to_pylist()

    def accepted(self, batch: int = 1024, *, surplus: bool = False) -> Iterator[list[Sample]]:
        """Accepted rows in order of decision; with `surplus` also those that only the target kept out, which gates remember as well."""
        source = "samples"
        if surplus:
            source = "(FROM samples UNION ALL SELECT * EXCLUDE (gate, reason, evidence) FROM rejections WHERE gate = 'target')"
        for rows in self._batches(f"SELECT {READ_SAMPLE} FROM {source} ORDER BY seq", batch):
            yield samples_of(rows)

    def surplus(self) -> list[Surplus]:
        """Rows that passed everything after the target was reached, oldest decision first: at most what was in flight then."""
        tokens = "coalesce(reasoning_tokens, 0) + coalesce(answer_tokens, 0)"
        return [Surplus(*row) for row in self._rows(f"SELECT id, recipe, {tokens} FROM rejections WHERE gate = 'target' ORDER BY seq, id")]

    def run_started(self, *, config_hash: str, version: str, at: float) -> None:
        """An invocation begins."""
        self._event("coalesce(max(run), 0) + 1", "started", at, config_hash, version, None)

    def run_ended(self, outcome: str, at: float) -> None:
        """The invocation that began last ends."""
        self._event("max(run)", "ended", at, None, None, outcome)

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A second connection to the same database, for readers in other threads; close it."""
        return self._connection.cursor()

    def close(self) -> None:
        """Bring the log into the file and close it."""
        self._connection.close()

    def _write(self, tables: Mapping[str, pa.Table], records: Sequence[SeedRecord], rowids: tuple[int, int]) -> None:
        last_seq = records[-1].seq if records else self._last_seq
        connection = self._connection
        try:
            connection.execute("BEGIN")
            for name, table in tables.items():
                _append(connection, name, table)
            for record in records:
                if record.promoted:
                    _promote(connection, record)
            connection.execute("INSERT INTO progress VALUES (?, ?, ?)", [last_seq, *rowids])
            connection.execute("COMMIT")
        except duckdb.Error as error:
            raise _unusable(self._path, error) from error
        self._last_seq, (self._reply_rowid, self._outcome_rowid) = last_seq, rowids

    def _event(self, run: str, event: str, at: float, *said: str | None) -> None:
        statement = f"INSERT INTO run_events SELECT {run}, ?, make_timestamp(?), ?, ?, ? FROM run_events"
        self._rows(statement, event, round(at * 1e6), *said)

    def _row(self, statement: str, *values: object) -> tuple[Any, ...]:
        return self._rows(statement, *values)[0]

    def _rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        try:
            with closing(self._connection.cursor()) as cursor:
                rows: list[tuple[Any, ...]] = cursor.execute(statement, list(values)).fetchall()
        except duckdb.Error as error:
            raise _unusable(self._path, error) from error
        return rows

    def _batches(self, statement: str, rows: int) -> Iterator[pa.RecordBatch]:
        try:
            with closing(self._connection.cursor()) as cursor:
                yield from cursor.sql(statement).to_arrow_reader(rows)
        except duckdb.Error as error:
            raise _unusable(self._path, error) from error


def _tables(records: Sequence[SeedRecord], metrics: Sequence[Metric]) -> dict[str, pa.Table]:
    try:
        return tables_of(records, metrics)
    except (UnicodeEncodeError, TypeError):
        return tables_of([storable(record) for record in records], metrics)


def _append(connection: duckdb.DuckDBPyConnection, name: str, table: pa.Table) -> None:
    """Ten times as fast as the same lists through `unnest(?)`."""
    connection.register("arriving", table)
    try:
        columns = ", ".join(f'"{column}"' for column in table.column_names)
        connection.execute(f"INSERT INTO {name} ({columns}) SELECT * FROM arriving")
    finally:
        connection.unregister("arriving")


def _promote(connection: duckdb.DuckDBPyConnection, record: SeedRecord) -> None:
    """Surplus rows become accepted ones: appended to the accepted, taken out of the rejected by a note."""
    ids = list(record.promoted)
    connection.execute(
        "INSERT INTO samples_log SELECT * REPLACE (? AS seq) FROM (SELECT * EXCLUDE (gate, reason, evidence) FROM rejections "
        "WHERE list_contains(?, id) ORDER BY seq, id)",
        [record.seq, ids],
    )
    connection.execute(
        "INSERT INTO superseded SELECT id, seq, 'promoted' FROM rejections WHERE list_contains(?, id) ORDER BY seq, id", [ids]
    )


def _unusable(path: Path, error: duckdb.Error) -> StoreError:
    first_line = str(error).strip().partition("\n")[0]
    return StoreError(
        f"{path}: the database cannot be used ({first_line}). If the disk is full, free space and run the same command again; if the "
        f"file is damaged, `stream-synth verify {path.parent} --repair` rebuilds it from the journal"
    )
