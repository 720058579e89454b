"""From candidates to decisions: batches through the lane, its verdicts into the journal, the count and the store."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from concurrent.futures import ThreadPoolExecutor

from stream_synth.engine.expand import Expansion
from stream_synth.engine.lane import Lane, Pending
from stream_synth.engine.parts import Course, Parts
from stream_synth.engine.seeds import OpenSeeds, Outbox
from stream_synth.engine.sink import Sink
from stream_synth.errors import StreamSynthError
from stream_synth.values import SeedRecord

LANE_BATCH = 1_024  # seeds judged in one thread hop, when so many wait: a hop costs a turn of the loop, 50 ms at 3,000 calls/s
LANE_AHEAD = 8  # judged batches whose journal entry is on its way: the lane waits for no commit


class Judging:
    """The way of a seed from the outbox to the sink; `lane` decides, in `thread`."""

    def __init__(self, parts: Parts, course: Course, seeds: OpenSeeds, lane: Lane, sink: Sink) -> None:
        self._parts = parts
        self._course = course
        self._seeds = seeds
        self._lane = lane
        self._sink = sink
        self._judged: asyncio.Queue[tuple[list[SeedRecord], Awaitable[None]] | None] = asyncio.Queue(LANE_AHEAD)
        self.thread = ThreadPoolExecutor(1, thread_name_prefix="lane")

    async def judge(self, group: asyncio.TaskGroup, outbox: Outbox) -> None:
        """Batches of whatever has arrived: fresh seeds are looked over, consulted ones settled, in one thread hop."""
        loop = asyncio.get_running_loop()
        while True:
            batch = [await outbox.get()]
            while len(batch) < LANE_BATCH and not outbox.empty():
                batch.append(outbox.get_nowait())
            fresh = [one for one in batch if isinstance(one, Expansion)]
            ready = [one for one in batch if isinstance(one, Pending)]
            asking, records = await loop.run_in_executor(self.thread, self._judge_batch, fresh, ready)
            for pending in asking:
                self._seeds.start(group, self._consult(pending, outbox))
            if records:
                await self._judged.put((records, self._parts.journal.decide(records)))
            if None in batch:
                await self._judged.put(None)
                return

    def _judge_batch(self, fresh: list[Expansion], ready: list[Pending]) -> tuple[list[Pending], list[SeedRecord]]:
        """Runs in the lane thread."""
        looked = self._lane.look_over(fresh)
        asking = [one for one in looked if self._lane.consults(one.expansion.seed.recipe)]
        sure = [one for one in looked if not self._lane.consults(one.expansion.seed.recipe)]
        now = self._parts.clocks.wall()
        records = self._lane.settle(ready, now, look_again=True) if ready else []
        return asking, records + self._lane.settle(sure, now, look_again=bool(ready))

    async def _consult(self, pending: Pending, outbox: Outbox) -> None:
        asked = False
        try:
            await self._lane.consult(pending, self._parts.chat)
            asked = True
        except StreamSynthError as error:
            self._course.stopping.stopped_by(error)
        finally:
            if not asked:
                self._seeds.leave_open(pending.expansion.seed)
        if asked:
            outbox.put_nowait(pending)

    async def conclude_all(self) -> None:
        """Batch after batch in order, while the lane goes on judging: a commit of the journal takes longer than a batch."""
        while (batch := await self._judged.get()) is not None:
            records, journalled = batch
            await journalled
            await self._conclude(records)

    async def _conclude(self, records: list[SeedRecord]) -> None:
        """What the journal holds is counted, then stored; only then is the seeds' place free again."""
        for record in records:
            self._course.tally.add(record)
            self._course.pools.add(record)
        if self._course.target.reached:
            self._course.stopping.close("target")
        if self._course.bugs.stop is not None:
            self._course.stopping.close("error", str(self._course.bugs.stop), self._course.bugs.stop)
        await self._sink.put(records)
        for record in records:
            self._seeds.close(record.seed_id, record.recipe)
        self._course.room.wake()
