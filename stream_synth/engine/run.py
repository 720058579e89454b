"""The engine: one task group in which seeds are read, expanded, judged and stored, without a barrier anywhere.

Every task here belongs to one group: if one dies, all end, and the next invocation continues from the journal. `seeds` opens and
expands them, `judging` brings them through the lane, `sink` to the store, `ticker` watches.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import structlog

from stream_synth.engine.branches import branch_metrics
from stream_synth.engine.diversity import DiversityWatch
from stream_synth.engine.drift import DriftWatch
from stream_synth.engine.intake import DoneSeeds, Incoming, Intake
from stream_synth.engine.judging import Judging
from stream_synth.engine.label import ByLabel
from stream_synth.engine.lane import Lane
from stream_synth.engine.parts import Method, Parts, course_of
from stream_synth.engine.screen import Screen
from stream_synth.engine.seeds import OpenSeeds, Outbox
from stream_synth.engine.sink import Sink
from stream_synth.engine.stopping import Stopping
from stream_synth.engine.ticker import Ticker
from stream_synth.store import Metric, Surplus
from stream_synth.values import SeedRecord


class Engine:
    """One invocation of a run."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._course = course = course_of(parts, self._on_close)
        self._outbox: Outbox = asyncio.Queue()
        self._seeds = OpenSeeds(parts, course, self._outbox)
        self._sink = Sink(self._commit, parts.on_accepted)
        last_seq = parts.store.resume_point().last_seq
        self._lane = Lane(ByLabel({m.label: m.gates for m in parts.methods}), course.target, course.bugs, last_seq)
        self._judging = Judging(parts, course, self._seeds, self._lane, self._sink)
        self._diversity = DiversityWatch(tuple(m.label for m in parts.methods), Path(parts.run_dir) if parts.run_dir else None)
        self._drift = DriftWatch(parts, course)
        self._ticker = Ticker(parts, course, self._diversity, lambda: self._seeds.count)

    @property
    def stopping(self) -> Stopping:
        """How this run comes to its end; interrupt it here."""
        return self._course.stopping

    async def run(self) -> dict[str, Any]:
        """Run to the end; returns the final counts. Raises only what the next invocation cannot simply continue from."""
        self._course.tally.started = self._parts.clocks.monotonic()
        intakes = await self._prepare()
        try:
            async with asyncio.TaskGroup() as group:
                sink = group.create_task(self._sink.run())
                lane = group.create_task(self._judging.judge(group, self._outbox))
                conclusions = group.create_task(self._judging.conclude_all())
                drift = group.create_task(self._drift.run())
                ticker = group.create_task(self._ticker.run())
                halt = group.create_task(self._halt())
                await self._seeds.read_all(group, intakes)
                self._outbox.put_nowait(None)
                await lane
                await conclusions
                self._sink.finish()
                await sink
                self._drift.finish()
                await drift
                await asyncio.get_running_loop().run_in_executor(self._sink.thread, self._commit_last)
                ticker.cancel()
                halt.cancel()
        finally:
            for intake in intakes:
                intake.close()
            for gate in (gate for method in self._parts.methods for gate in method.source_gates):
                gate.close()
            self._judging.thread.shutdown(wait=True)
            self._lane.close()
            self._sink.thread.shutdown(wait=True)
        if not self._course.stopping.outcome:
            wanted = self._parts.options.target_accepted or self._parts.options.target_tokens
            self._course.stopping.close("source_exhausted" if wanted and not self._course.target.reached else "finished")
        return self.counts()

    def counts(self) -> dict[str, Any]:
        """CONTRACT's final counts as they stand."""
        return self._course.tally.counts(self._course.stopping.outcome, self._seeds.count, self._parts.chat.snapshot())

    # ------------------------------------------------------------------ start

    async def _prepare(self) -> list[Intake]:
        """Promote surplus, bring the gates' memory back, open the sources."""
        loop = asyncio.get_running_loop()
        store = self._parts.store
        if promoted := self._taken(await loop.run_in_executor(self._sink.thread, store.surplus)):
            record = self._lane.promote(promoted, self._parts.clocks.wall())
            await self._parts.journal.decide([record])
            await loop.run_in_executor(self._sink.thread, self._commit, [record])
            self._course.tally.add(record)
        await loop.run_in_executor(self._judging.thread, self._lane.restore, store.accepted(surplus=True))
        if self._course.target.reached:
            self._course.stopping.close("target")
        done = await loop.run_in_executor(self._sink.thread, lambda: DoneSeeds(store.done_ids()))
        return [Intake(method.label, self._reading(method), done) for method in self._parts.methods]

    def _reading(self, method: Method) -> Callable[[], Iterator[Incoming]]:
        screen = Screen(method.source_gates, self._course.bugs)
        return lambda: screen.over(method.read())

    def _taken(self, surplus: Sequence[Surplus]) -> list[str]:
        """Ids of the rows, kept out by an earlier target, that fit under this one."""
        ids: list[str] = []
        by_recipe = self._course.tally.accepted_by_recipe
        for row in surplus:
            if self._course.target.reached:
                break
            ids.append(row.id)
            self._course.target.take(row.tokens)
            by_recipe[row.recipe] = by_recipe.get(row.recipe, 0) + 1
        return ids

    # ------------------------------------------------------------------ storing

    def _commit(self, records: Sequence[SeedRecord]) -> None:
        measured = self._watched(lambda: self._diversity.take(records))
        self._parts.store.commit(records, self._parts.journal, self._ticker.take_metrics() + self._drift.take_metrics() + measured)

    def _commit_last(self) -> None:
        """What only the end of a run can say."""
        at = self._parts.clocks.wall()
        measured = self._watched(lambda: self._diversity.last(at))
        measured += self._watched(lambda: branch_metrics(self._parts.store, self._parts.methods, at))
        self._parts.store.commit((), self._parts.journal, self._ticker.take_metrics() + self._drift.take_metrics() + measured)

    def _watched(self, measure: Callable[[], list[Metric]]) -> list[Metric]:
        """A mistake in a figure is no reason to lose a row."""
        with self._course.bugs.guard("", "", "diversity", counted=False) as watched:
            return measure()
        structlog.get_logger().warning("diversity_not_measured", problem=watched.failure and watched.failure.message)
        return []

    # ------------------------------------------------------------------ the end

    def _on_close(self) -> None:
        self._parts.chat.close_admission()
        self._course.room.wake()
        self._seeds.stop_reading()
        if self._course.stopping.outcome == "interrupted":
            asyncio.get_running_loop().call_later(self._parts.options.grace_s, self._course.stopping.now.set)

    async def _halt(self) -> None:
        """Asked twice: calls in flight are given up, open seeds cancelled; everything journalled stays."""
        await self._course.stopping.now.wait()
        self._parts.chat.abort()
        self._seeds.cancel()
