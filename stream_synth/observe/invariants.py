"""What must hold in every run directory, checked against both files; and the repair of what can be repaired."""

# ruff: noqa: S608  # statements are put together from names written in this file
from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from stream_synth.errors import StoreError
from stream_synth.journal import Journal, JournalReader
from stream_synth.journal.schema import FILE as JOURNAL_FILE
from stream_synth.observe.lock import RunLock
from stream_synth.store import Store, catch_up, rebuild
from stream_synth.store.rows import journal_table
from stream_synth.values import SeedRecord

ROWS = 10_000  # compared at once: bounds the memory, not the size of the run

CANDIDATES = "SELECT id, seed_id FROM samples UNION ALL SELECT id, seed_id FROM rejections"
# Each query gives the rows that break the promise; their first values are shown.
PROMISES = {
    "seeds_once": "SELECT seed_id, count(*) FROM seeds_done GROUP BY ALL HAVING count(*) > 1",
    "candidates_once": f"SELECT id, count(*) FROM ({CANDIDATES}) GROUP BY ALL HAVING count(*) > 1",
    "candidates_of_done_seeds": f"SELECT id, seed_id FROM ({CANDIDATES}) ANTI JOIN seeds_done USING (seed_id)",
    "failures_of_done_seeds": "SELECT seed_id, kind FROM failures ANTI JOIN seeds_done USING (seed_id)",
    "accepted_passed_every_gate": (
        "SELECT v.sample_id, v.gate FROM verdicts v JOIN samples s ON s.id = v.sample_id WHERE NOT v.passed "
        "AND NOT (v.gate = 'target' AND v.sample_id IN (SELECT sample_id FROM superseded WHERE why = 'promoted'))"
    ),
    "rejected_failed_their_gate": (
        "SELECT r.id, r.gate FROM rejections r WHERE NOT EXISTS (FROM verdicts v "
        "WHERE v.sample_id = r.id AND v.gate = r.gate AND NOT v.passed)"
    ),
    "rejections_have_a_reason": "SELECT id, gate FROM rejections WHERE coalesce(gate, '') = '' OR coalesce(reason, '') = ''",
    "calls_once": "SELECT key, count(*) FROM calls GROUP BY key HAVING count(*) > 1",
}
CALL_COLUMNS = ("key", "seed_id", "status", "prompt_tokens", "completion_tokens", "reasoning_tokens", "cost_usd")
ATTEMPT_COLUMNS = ("call_key", "attempt", "endpoint", "outcome")
COPIES = {
    "calls_are_the_replies": ("replies", "calls", ", ".join(CALL_COLUMNS)),
    "attempts_are_the_outcomes": ("outcomes", "attempts", ", ".join(ATTEMPT_COLUMNS)),
    "seeds_are_the_decisions": ("decided_seeds", "seeds_done", "seq, seed_id, outcome"),
    "accepted_are_the_decisions": ("decided_samples", "samples_log", "seq, id"),
    "rejected_are_the_decisions": ("decided_rejections", "rejections_log", "seq, id, gate, reason"),
    "promoted_are_the_decisions": ("decided_promotions", "superseded WHERE why = 'promoted'", "sample_id"),
}
JOURNALLED = """
CREATE TEMP TABLE replies AS SELECT key, seed_id, status, prompt_tokens, completion_tokens, reasoning_tokens, cost_usd FROM calls LIMIT 0;
CREATE TEMP TABLE outcomes AS SELECT call_key, attempt, endpoint, outcome FROM attempts LIMIT 0;
CREATE TEMP TABLE decided_seeds AS SELECT seq, seed_id, outcome FROM seeds_done LIMIT 0;
CREATE TEMP TABLE decided_samples AS SELECT seq, id FROM samples_log LIMIT 0;
CREATE TEMP TABLE decided_rejections AS SELECT seq, id, gate, reason FROM rejections_log LIMIT 0;
CREATE TEMP TABLE decided_promotions AS SELECT sample_id FROM superseded LIMIT 0;
"""


@dataclass(frozen=True, slots=True)
class Finding:
    """One promise, whether it holds, and what was counted."""

    name: str
    ok: bool
    detail: str


def check(directory: Path) -> list[Finding]:
    """Every promise of a run directory that no run holds. `LockedError` when one does, `StoreError` when there is nothing to check."""
    _expect_run(directory)
    with RunLock(directory), closing(JournalReader(directory)) as journal:
        try:
            store = Store.open(directory)
        except StoreError as error:
            return [Finding("database_opens", ok=False, detail=str(error))]
        with closing(store):
            return _findings(store, journal)


def repair(directory: Path) -> list[Finding]:
    """Note what a killed run left open, bring the database up to the journal, and rebuild it if anything is still off.

    The first finding says what was done; the others are those of a check afterwards.
    """
    _expect_run(directory)
    with RunLock(directory), closing(Journal.open(directory)) as journal:
        try:
            store, done = Store.open(directory), "nothing to rebuild"
        except StoreError:
            store, done = rebuild(directory, journal), "rebuilt the database: it could not be opened"
        seeds, findings = _caught_up(store, journal)
        done += f": {seeds} seeds brought over from the journal" if done.startswith("nothing") else ""
        if not all(finding.ok for finding in findings):
            store.close()
            broken = ", ".join(finding.name for finding in findings if not finding.ok)
            store, done = rebuild(directory, journal), f"rebuilt the database: {broken}"
            findings = _findings(store, journal)
        store.close()
    return [Finding("repair", ok=True, detail=done), *findings]


def _caught_up(store: Store, journal: Journal) -> tuple[int, list[Finding]]:
    try:
        return catch_up(store, journal), _findings(store, journal)
    except StoreError as error:
        return 0, [Finding("database_works", ok=False, detail=str(error))]


def _findings(store: Store, journal: JournalReader) -> list[Finding]:
    try:
        with closing(store.cursor()) as cursor:
            found = [_promise(cursor, name, query) for name, query in PROMISES.items()]
            _load(cursor, journal)
            found += [_compare(cursor, name, *sides) for name, sides in COPIES.items()]
            found.append(_sums(cursor, journal))
    except duckdb.Error as error:
        first = str(error).partition("\n")[0]
        return [Finding("database_reads", ok=False, detail=first)]
    unsettled = journal.unsettled()
    left = f"{unsettled} attempts without an outcome: the next run, or verify --repair, lists them as ambiguous" if unsettled else "none"
    ambiguous = journal.totals().ambiguous
    told = f"{ambiguous} attempts may have been charged without a reply (table attempts, outcome 'ambiguous')" if ambiguous else "none"
    return [*found, Finding("no_open_attempts", ok=not unsettled, detail=left), Finding("ambiguous", ok=True, detail=told)]


def _promise(cursor: duckdb.DuckDBPyConnection, name: str, query: str) -> Finding:
    (count, shown) = cursor.execute(f"SELECT count(*), list(b)[:3] FROM ({query}) b").fetchall()[0]
    return Finding(name, ok=not count, detail=f"{count} break it, such as {[tuple(row.values()) for row in shown]}" if count else "holds")


def _compare(cursor: duckdb.DuckDBPyConnection, name: str, journalled: str, stored: str, columns: str) -> Finding:
    """Equal as multisets."""
    ours, theirs = (f"(SELECT {columns} FROM {side})" for side in (journalled, stored))
    sets = (f"({ours} EXCEPT ALL {theirs})", f"({theirs} EXCEPT ALL {ours})", ours)
    missing, extra, total = (cursor.execute(f"SELECT count(*) FROM {rows}").fetchall()[0][0] for rows in sets)
    if missing or extra:
        detail = f"{missing} of {total} journalled rows are not in the database, {extra} rows of it are not in the journal"
        return Finding(name, ok=False, detail=detail)
    return Finding(name, ok=True, detail=f"{total} rows, the same in both")


def _sums(cursor: duckdb.DuckDBPyConnection, journal: JournalReader) -> Finding:
    """Tokens exactly; money to a billionth, because the two files add in different orders."""
    totals = journal.totals()
    sums = ", ".join(f"coalesce(sum({name}), 0)" for name in ("prompt_tokens", "completion_tokens", "reasoning_tokens", "cost_usd"))
    *stored, cost = cursor.execute(f"SELECT count(*), {sums} FROM calls").fetchall()[0]
    journalled = [totals.calls, totals.prompt_tokens, totals.completion_tokens, totals.reasoning_tokens]
    same = stored == journalled and abs(cost - totals.cost_usd) <= 1e-9 * max(1.0, abs(cost))
    detail = f"calls, prompt, completion, reasoning tokens {stored} and {journalled}; USD {cost:.6f} and {totals.cost_usd:.6f}"
    return Finding("sums_agree", ok=same, detail=detail)


def _load(cursor: duckdb.DuckDBPyConnection, journal: JournalReader) -> None:
    """What the journal holds, as tables of this cursor alone."""
    cursor.execute("".join(f"DROP TABLE IF EXISTS temp.{line.split()[3]};" for line in JOURNALLED.strip().splitlines()) + JOURNALLED)
    row_id = 0
    while (found := journal.replies_after(row_id, ROWS))[1]:
        row_id, columns = found
        _add(cursor, "replies", journal_table("calls", columns).select(CALL_COLUMNS))
    row_id = 0
    while (found := journal.outcomes_after(row_id, ROWS))[1]:
        row_id, columns = found
        _add(cursor, "outcomes", journal_table("attempts", columns).select(ATTEMPT_COLUMNS))
    for records in _batches(journal.decisions()):
        _add(cursor, "decided_seeds", _table(("seq", "seed_id", "outcome"), [(r.seq, r.seed_id, r.outcome) for r in records if r.seed_id]))
        decided = [(r.seq, d) for r in records for d in r.decisions]
        promoted = [(r.seq, name) for r in records for name in r.promoted]
        _add(cursor, "decided_samples", _table(("seq", "id"), [(seq, d.sample.id) for seq, d in decided if d.accepted] + promoted))
        rejected = [(seq, d.sample.id, d.gate, d.reason) for seq, d in decided if not d.accepted]
        _add(cursor, "decided_rejections", _table(("seq", "id", "gate", "reason"), rejected))
        _add(cursor, "decided_promotions", _table(("sample_id",), [(name,) for _, name in promoted]))


def _batches(records: Iterable[SeedRecord]) -> Iterator[list[SeedRecord]]:
    batch: list[SeedRecord] = []
    for record in records:
        batch.append(record)
        if len(batch) == ROWS:
            yield batch
            batch = []
    if batch:
        yield batch


def _table(names: tuple[str, ...], rows: list[tuple[Any, ...]]) -> pa.Table | None:
    return pa.table(dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))) if rows else None


def _add(cursor: duckdb.DuckDBPyConnection, name: str, table: pa.Table | None) -> None:
    if table is not None:
        cursor.register("arriving", table)
        cursor.execute(f"INSERT INTO {name} SELECT * FROM arriving")
        cursor.unregister("arriving")


def _expect_run(directory: Path) -> None:
    if not (directory / JOURNAL_FILE).exists():
        raise StoreError(f"{directory}: no run there ({JOURNAL_FILE} is missing); give the directory of a run")
