"""A process that does what a run does to its two files, as fast as it can, until it is killed. Prints what is acknowledged."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from stream_synth.journal import Journal
from stream_synth.store import Store, catch_up
from stream_synth.values import SeedRecord
from tests.journal.rows import call, record_of

CALLS_AT_ONCE = 40


async def write(directory: Path) -> None:
    """Calls and decisions in the journal, then a commit of the database, over and over."""
    journal, store = Journal.open(directory), Store.open(directory)
    catch_up(store, journal)
    seq = journal.totals().last_seq
    while True:
        records = [record_of(number) for number in range(seq + 1, seq + 1 + CALLS_AT_ONCE)]
        await asyncio.gather(*(call(journal, f"{record.seed_id} of {seq}", seed_id=record.seed_id) for record in records))
        await journal.decide(records)
        seq += CALLS_AT_ONCE
        tell(records)
        await asyncio.get_running_loop().run_in_executor(None, store.commit, records, journal)


def tell(records: list[SeedRecord]) -> None:
    """The newest seq that is safe."""
    sys.stdout.write(f"{records[-1].seq}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(write(Path(sys.argv[1])))
