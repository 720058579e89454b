"""The database made anew from the journal."""

from __future__ import annotations

import time
from pathlib import Path

from stream_synth.journal import Journal
from stream_synth.store.schema import FILE
from stream_synth.store.store import Store
from stream_synth.values import SeedRecord

BATCH_SEEDS = 2_000


def rebuild(directory: Path, journal: Journal) -> Store:
    """Move `data.duckdb` aside under the time of day and write it again, row for row, from what the journal holds.

    What only the database held is left in the file moved aside: runs, metrics and reviews.
    """
    stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime())
    for name in (FILE, f"{FILE}.wal"):
        path = directory / name
        if path.exists():
            path.rename(_free(directory / f"{name}.{stamp}"))
    store = Store.open(directory)
    catch_up(store, journal)
    return store


def catch_up(store: Store, journal: Journal) -> int:
    """Commit everything journalled and not yet stored; how many seeds that were."""
    count = 0
    batch: list[SeedRecord] = []
    for record in journal.decisions(store.resume_point().last_seq):
        batch.append(record)
        if len(batch) == BATCH_SEEDS:
            store.commit(batch, journal)
            count, batch = count + len(batch), []
    store.commit(batch, journal)
    return count + len(batch)


def _free(path: Path) -> Path:
    """This path, or the first with a number behind it that is not taken."""
    return next(candidate for n in range(10_000) if not (candidate := path.with_name(path.name + (f"-{n}" if n else ""))).exists())
