"""The engine: one task group in which seeds are read, expanded, judged and stored, without a barrier anywhere.

Every task here belongs to one group: if one dies, all end, and the next invocation continues from the journal.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog

from stream_synth.engine.ask import SeedAsk, SeedTools
from stream_synth.engine.bugs import Bugs
from stream_synth.engine.diversity import DiversityWatch
from stream_synth.engine.expand import Expansion, expand
from stream_synth.engine.intake import DoneSeeds, Incoming, Intake
from stream_synth.engine.label import ByLabel
from stream_synth.engine.lane import Lane, Pending
from stream_synth.engine.options import RunOptions
from stream_synth.engine.room import Place, Room
from stream_synth.engine.screen import OUTCOME, RefusedSeed, Screen
from stream_synth.engine.sink import Sink
from stream_synth.engine.stopping import Stopping
from stream_synth.engine.tally import Tally
from stream_synth.engine.target import Target
from stream_synth.engine.ticker import Ticker
from stream_synth.errors import Closed, StreamSynthError
from stream_synth.journal import Journal
from stream_synth.protocols import Chat, Gate, Recipe
from stream_synth.store import Metric, Store, Surplus
from stream_synth.values import BadRow, Failure, Sample, Seed, SeedRecord

LANE_BATCH = 1_024  # seeds judged in one thread hop, when so many wait: a hop costs a turn of the loop, 50 ms at 3,000 calls/s
LANE_AHEAD = 8  # judged batches whose journal entry is on its way: the lane waits for no commit
SPREAD_LIMIT = 64  # open seeds for recipes that call no model


@dataclass(frozen=True, slots=True)
class Method:
    """One entry of `recipe:`: a recipe, the seeds it starts from and the gates its candidates pass."""

    label: str
    weight: float
    recipe: Recipe
    read: Callable[[], Iterator[Seed | BadRow]]
    gates: tuple[Gate, ...]
    source_gates: tuple[Gate, ...] = ()  # on seeds, before the first call


@dataclass(frozen=True, slots=True)
class Clocks:
    """Time by argument: `wall` in seconds since the epoch for records, `monotonic` for durations."""

    wall: Callable[[], float]
    monotonic: Callable[[], float]


@dataclass(frozen=True, slots=True)
class Parts:
    """What the engine works with, handed in by the assembly."""

    methods: tuple[Method, ...]
    chat: Chat
    journal: Journal
    store: Store
    options: RunOptions
    clocks: Clocks
    run_dir: str = ""
    on_accepted: Callable[[Sequence[Sample]], Awaitable[None]] | None = None
    on_progress: Callable[[Mapping[str, Any]], None] | None = None


class Engine:
    """One invocation of a run."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._options = parts.options
        self._journal = parts.journal
        self._clocks = parts.clocks
        self._recipes = ByLabel({method.label: method.recipe for method in parts.methods})
        self._weights = {method.label: method.weight for method in parts.methods}
        point = parts.store.resume_point()
        totals = parts.journal.totals()
        self.target = Target(parts.options.target_accepted, parts.options.target_tokens, point.accepted, point.accepted_tokens)
        self.bugs = Bugs(parts.options.max_bugs)
        self.stopping = Stopping(self._on_close)
        self.tally = Tally(parts.run_dir, parts.clocks.monotonic, point.seeds_done, point.accepted, point.rejected, point.failed)
        self.tally.before = {
            "calls": totals.calls,
            "ambiguous": totals.ambiguous,
            "prompt_tokens": totals.prompt_tokens,
            "reasoning_tokens": totals.reasoning_tokens,
            "completion_tokens": totals.completion_tokens,
            "cost_usd": totals.cost_usd,
        }
        self.tally.accepted_by_recipe = dict(point.accepted_by_recipe)
        self.room = Room(int(parts.chat.snapshot().get("limit", 0)) or SPREAD_LIMIT, parts.options.max_open_seeds)
        self._lane = Lane(ByLabel({m.label: m.gates for m in parts.methods}), self.target, self.bugs, point.last_seq)
        self._lane_thread = ThreadPoolExecutor(1, thread_name_prefix="lane")
        self._sink = Sink(self._commit, parts.on_accepted)
        self._outbox: asyncio.Queue[Expansion | Pending | None] = asyncio.Queue()  # bounded by the room: open seeds only
        self._judged: asyncio.Queue[tuple[list[SeedRecord], Awaitable[None]] | None] = asyncio.Queue(LANE_AHEAD)
        self._intakes: list[Intake] = []
        self._places: dict[str, Place] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._open_by_recipe = Counter(dict.fromkeys(self._recipes, 0))
        self._undecided = 0
        self._left_open = 0
        self._decided = asyncio.Event()
        self.diversity = DiversityWatch(tuple(self._recipes), Path(parts.run_dir) if parts.run_dir else None)
        self._ticker = Ticker(self)

    @property
    def parts(self) -> Parts:
        """What the engine was built from."""
        return self._parts

    @property
    def open_seeds(self) -> int:
        """Seeds read and not decided: on their way, or stopped by the end of the run and left to the next invocation."""
        return self._undecided + self._left_open

    async def run(self) -> dict[str, Any]:
        """Run to the end; returns the final counts. Raises only what the next invocation cannot simply continue from."""
        self.tally.started = self._clocks.monotonic()
        self._intakes = await self._prepare()
        try:
            async with asyncio.TaskGroup() as group:
                sink = group.create_task(self._sink.run())
                lane = group.create_task(self._judge(group))
                conclusions = group.create_task(self._conclude_all())
                ticker = group.create_task(self._ticker.run())
                halt = group.create_task(self._halt())
                await self._read_all(group)
                self._outbox.put_nowait(None)
                await lane
                await conclusions
                self._sink.finish()
                await sink
                await asyncio.get_running_loop().run_in_executor(self._sink.thread, self._commit_last)
                ticker.cancel()
                halt.cancel()
        finally:
            for intake in self._intakes:
                intake.close()
            for gate in (gate for method in self._parts.methods for gate in method.source_gates):
                gate.close()
            self._lane_thread.shutdown(wait=True)
            self._lane.close()
            self._sink.thread.shutdown(wait=True)
        if not self.stopping.outcome:
            wanted = self._options.target_accepted or self._options.target_tokens
            self.stopping.close("source_exhausted" if wanted and not self.target.reached else "finished")
        return self.counts()

    def counts(self) -> dict[str, Any]:
        """CONTRACT's final counts as they stand."""
        return self.tally.counts(self.stopping.outcome, self.open_seeds, self._parts.chat.snapshot())

    # ------------------------------------------------------------------ start

    async def _prepare(self) -> list[Intake]:
        """Promote surplus, bring the gates' memory back, open the sources."""
        loop = asyncio.get_running_loop()
        store = self._parts.store
        if promoted := self._taken(await loop.run_in_executor(self._sink.thread, store.surplus)):
            record = self._lane.promote(promoted, self._clocks.wall())
            await self._journal.decide([record])
            await loop.run_in_executor(self._sink.thread, self._commit, [record])
            self.tally.add(record)
        await loop.run_in_executor(self._lane_thread, self._lane.restore, store.accepted(surplus=True))
        if self.target.reached:
            self.stopping.close("target")
        done = await loop.run_in_executor(self._sink.thread, lambda: DoneSeeds(store.done_ids()))
        return [Intake(method.label, self._reading(method), done) for method in self._parts.methods]

    def _reading(self, method: Method) -> Callable[[], Iterator[Incoming]]:
        screen = Screen(method.source_gates, self.bugs)
        return lambda: screen.over(method.read())

    def _taken(self, surplus: Sequence[Surplus]) -> list[str]:
        """Ids of the rows, kept out by an earlier target, that fit under this one."""
        ids: list[str] = []
        by_recipe = self.tally.accepted_by_recipe
        for row in surplus:
            if self.target.reached:
                break
            ids.append(row.id)
            self.target.take(row.tokens)
            by_recipe[row.recipe] = by_recipe.get(row.recipe, 0) + 1
        return ids

    def _commit(self, records: Sequence[SeedRecord]) -> None:
        measured = self._watched(lambda: self.diversity.take(records))
        self._parts.store.commit(records, self._journal, self._ticker.take_metrics() + measured)

    def _commit_last(self) -> None:
        """What only the end of a run can say."""
        measured = self._watched(lambda: self.diversity.last(self._clocks.wall()))
        self._parts.store.commit((), self._journal, self._ticker.take_metrics() + measured)

    def _watched(self, measure: Callable[[], list[Metric]]) -> list[Metric]:
        """A mistake in a figure is no reason to lose a row."""
        with self.bugs.guard("", "", "diversity", counted=False) as watched:
            return measure()
        structlog.get_logger().warning("diversity_not_measured", problem=watched.failure and watched.failure.message)
        return []

    # ------------------------------------------------------------------ seeds

    async def _read_all(self, group: asyncio.TaskGroup) -> None:
        """Until every seed that was opened is decided or left open; a source that raises ends the run only then."""
        try:
            await self._feed(group)
        except Exception as error:
            self.stopping.close("error", f"a source raised {type(error).__name__}: {error}")
            await self._all_decided()
            raise
        await self._all_decided()

    async def _feed(self, group: asyncio.TaskGroup) -> None:
        """Open seeds while there is room, from the method that is furthest below its share."""
        living = list(self._intakes)
        while living and not self.stopping.outcome and not self._limit_reached():
            if not (self.room.free and self.target.wants_more(self._undecided)):
                await self.room.changed()
                continue
            intake = min(living, key=self._share)
            try:
                row = await intake.next()
            except StreamSynthError as error:
                self.stopping.close("error", str(error), error)
                return
            if row is None:
                living.remove(intake)
            elif not self.stopping.outcome:
                self._open(group, intake.label, row)

    def _limit_reached(self) -> bool:
        limit = self._options.limit
        return limit is not None and self.tally.seeds_done + self.open_seeds >= limit

    def _share(self, intake: Intake) -> float:
        """Accepted rows of this method, with what its open seeds are expected to bring, per unit of weight."""
        label = intake.label
        accepted, done = self.tally.accepted_by_recipe.get(label, 0), self.tally.done_by_recipe.get(label, 0)
        expected = self._open_by_recipe[label] * (accepted + 1) / (done + 1)
        return (accepted + expected) / self._weights[label]

    def _open(self, group: asyncio.TaskGroup, label: str, row: Incoming) -> None:
        self._undecided += 1
        if isinstance(row, RefusedSeed):
            self._open_without(row.seed, row.failure(), OUTCOME)
            return
        if isinstance(row, BadRow):
            seed = Seed(row.position, {}, recipe=label)
            self._open_without(seed, Failure(seed.id, label, "source", "source", row.problem), "bad_row")
            return
        self._open_by_recipe[row.recipe] += 1
        self._places[row.id] = self.room.enter()
        self._start(group, self._expand(row))

    def _open_without(self, seed: Seed, failure: Failure, outcome: str) -> None:
        """A seed that ends where it begins."""
        self._open_by_recipe[seed.recipe] += 1
        self._places[seed.id] = place = self.room.enter()
        place.rest()
        self._outbox.put_nowait(Expansion(seed, (), failure, outcome))

    def _start(self, group: asyncio.TaskGroup, work: Coroutine[Any, Any, None]) -> None:
        """A task that `_halt` may cancel."""
        task = group.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _expand(self, seed: Seed) -> None:
        place, decided = self._places[seed.id], False
        ask = SeedAsk(seed, self._parts.chat, place, self._options.seed)
        tools = SeedTools(seed, self._journal, self._options.seed)
        try:
            expansion = await expand(seed, self._recipes[seed.recipe], ask, tools, self.bugs, self._clocks.wall)
            decided = True
        except Closed:
            pass
        except StreamSynthError as error:
            self.stopping.stopped_by(error)
            if not self.stopping.outcome:
                raise
        finally:
            if not decided:
                self._leave_open(seed)
        if decided:
            place.rest()
            self._outbox.put_nowait(expansion)

    def _leave_open(self, seed: Seed) -> None:
        self._left_open += 1
        self._close_seed(seed.id, seed.recipe)

    def _close_seed(self, seed_id: str, recipe: str) -> None:
        self._places.pop(seed_id).leave()
        self._open_by_recipe[recipe] -= 1
        self._undecided -= 1
        if self._undecided == 0:
            self._decided.set()

    async def _all_decided(self) -> None:
        while self._undecided:
            self._decided.clear()
            await self._decided.wait()

    # ------------------------------------------------------------------ decisions

    async def _judge(self, group: asyncio.TaskGroup) -> None:
        """Batches of whatever has arrived: fresh seeds are looked over, consulted ones settled, in one thread hop."""
        loop = asyncio.get_running_loop()
        while True:
            batch = [await self._outbox.get()]
            while len(batch) < LANE_BATCH and not self._outbox.empty():
                batch.append(self._outbox.get_nowait())
            fresh = [one for one in batch if isinstance(one, Expansion)]
            ready = [one for one in batch if isinstance(one, Pending)]
            asking, records = await loop.run_in_executor(self._lane_thread, self._judge_batch, fresh, ready)
            for pending in asking:
                self._start(group, self._consult(pending))
            if records:
                await self._judged.put((records, self._journal.decide(records)))
            if None in batch:
                await self._judged.put(None)
                return

    def _judge_batch(self, fresh: list[Expansion], ready: list[Pending]) -> tuple[list[Pending], list[SeedRecord]]:
        """Runs in the lane thread."""
        looked = self._lane.look_over(fresh)
        asking = [one for one in looked if self._lane.consults(one.expansion.seed.recipe)]
        sure = [one for one in looked if not self._lane.consults(one.expansion.seed.recipe)]
        now = self._clocks.wall()
        records = self._lane.settle(ready, now, look_again=True) if ready else []
        return asking, records + self._lane.settle(sure, now, look_again=bool(ready))

    async def _consult(self, pending: Pending) -> None:
        asked = False
        try:
            await self._lane.consult(pending, self._parts.chat)
            asked = True
        except StreamSynthError as error:
            self.stopping.stopped_by(error)
        finally:
            if not asked:
                self._leave_open(pending.expansion.seed)
        if asked:
            self._outbox.put_nowait(pending)

    async def _conclude_all(self) -> None:
        """Batch after batch in order, while the lane goes on judging: a commit of the journal takes longer than a batch."""
        while (batch := await self._judged.get()) is not None:
            records, journalled = batch
            await journalled
            await self._conclude(records)

    async def _conclude(self, records: list[SeedRecord]) -> None:
        """What the journal holds is counted, then stored; only then is the seeds' place free again."""
        for record in records:
            self.tally.add(record)
        if self.target.reached:
            self.stopping.close("target")
        if self.bugs.stop is not None:
            self.stopping.close("error", str(self.bugs.stop), self.bugs.stop)
        await self._sink.put(records)
        for record in records:
            self._close_seed(record.seed_id, record.recipe)
        self.room.wake()

    # ------------------------------------------------------------------ the end

    def _on_close(self) -> None:
        self._parts.chat.close_admission()
        self.room.wake()
        for intake in self._intakes:
            intake.stop()
        if self.stopping.outcome == "interrupted":
            asyncio.get_running_loop().call_later(self._options.grace_s, self.stopping.now.set)

    async def _halt(self) -> None:
        """Asked twice: calls in flight are given up, open seeds cancelled; everything journalled stays."""
        await self.stopping.now.wait()
        self._parts.chat.abort()
        for task in tuple(self._tasks):
            task.cancel()
