from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

from stream_synth.journal import Journal
from stream_synth.store import Store, catch_up, rebuild
from stream_synth.values import Failure, SeedRecord
from tests.journal.rows import accepted, call, promotion_of, record_of, sample_of, surplus_of

TABLES = ("samples_log", "rejections_log", "superseded", "verdicts", "failures", "calls", "attempts", "seeds_done", "samples", "rejections")


def contents(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    with closing(store.cursor()) as cursor:
        return {table: cursor.execute(f"FROM {table} ORDER BY ALL").fetchall() for table in TABLES}


def aside(directory: Path) -> list[str]:
    """Databases that were moved out of the way."""
    return sorted(path.name for path in directory.glob("data.duckdb.*") if not path.name.endswith(".wal"))


def damage(directory: Path) -> None:
    for name in ("data.duckdb", "data.duckdb.wal"):
        (directory / name).write_bytes(b"garbage" * 1_000)


def history() -> list[SeedRecord]:
    odd = sample_of("q5", prompt="half \udc00", meta={"big": 2**70})
    return [
        record_of(1),
        record_of(2, (), Failure("q2", "distill", "answer", "chat", "500")),
        surplus_of(3),
        surplus_of(4),
        record_of(5, [accepted(odd)]),
        promotion_of(6, ["q3/0"]),
        record_of(7),
    ]


async def written(directory: Path, batch: int) -> Journal:
    """A finished run, committed in batches of so many seeds."""
    journal, store, records = Journal.open(directory), Store.open(directory), history()
    for start in range(0, len(records), batch):
        await call(journal, f"call {start}", seed_id=f"q{start + 1}")
        await journal.decide(records[start : start + batch])
        store.commit(records[start : start + batch], journal)
    store.run_started(config_hash="h", version="1", at=0.0)
    store.close()
    return journal


async def test_a_rebuilt_database_holds_the_same_rows(tmp_path: Path) -> None:
    """Every table but runs, whatever the batches were; the old file is kept aside."""
    journal = await written(tmp_path, 2)
    with closing(Store.open(tmp_path)) as store:
        before = contents(store)

    with closing(rebuild(tmp_path, journal)) as store:
        after = contents(store)

    journal.close()
    assert after == before
    assert len(aside(tmp_path)) == 1


async def test_a_damaged_file_is_replaced(tmp_path: Path) -> None:
    """Garbage in place of the database and of its log costs nothing that was journalled."""
    journal = await written(tmp_path, 3)
    damage(tmp_path)

    with closing(rebuild(tmp_path, journal)) as store:
        accepted_ids = [sample.id for batch in store.accepted() for sample in batch]

    journal.close()
    assert accepted_ids == ["q1/0", "q5/0", "q3/0", "q7/0"]


async def test_rebuilding_twice_keeps_both_old_files(tmp_path: Path) -> None:
    """Two rebuilds within one second do not overwrite what was moved aside."""
    journal = await written(tmp_path, 7)

    rebuild(tmp_path, journal).close()
    rebuild(tmp_path, journal).close()

    journal.close()
    assert len(aside(tmp_path)) == 2


async def test_the_database_catches_up_with_the_journal(tmp_path: Path) -> None:
    """Decisions and calls journalled before a crash are committed at the next start, once."""
    journal, store, records = Journal.open(tmp_path), Store.open(tmp_path), history()
    await journal.decide(records)
    store.commit(records[:2], journal)
    await call(journal, "late")

    caught, again = catch_up(store, journal), catch_up(store, journal)

    assert (caught, again) == (5, 0)
    assert (store.resume_point().last_seq, store.resume_point().reply_rowid) == (7, 1)
    store.close()
    journal.close()
