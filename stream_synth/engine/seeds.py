"""Seeds on their way: read from the sources while there is room, expanded by their recipes, closed when they are decided."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Coroutine, Sequence
from typing import Any, TypeAlias

from stream_synth.engine.ask import SeedAsk, SeedTools
from stream_synth.engine.expand import Expansion, expand
from stream_synth.engine.intake import Incoming, Intake
from stream_synth.engine.label import ByLabel
from stream_synth.engine.lane import Pending
from stream_synth.engine.parts import Course, Parts
from stream_synth.engine.room import Place
from stream_synth.engine.screen import OUTCOME, RefusedSeed
from stream_synth.errors import Closed, StreamSynthError
from stream_synth.values import BadRow, Failure, Seed

Outbox: TypeAlias = asyncio.Queue[Expansion | Pending | None]  # to the lane; bounded by the room, since only open seeds get here


class OpenSeeds:
    """Every seed that was read and is not yet decided."""

    def __init__(self, parts: Parts, course: Course, outbox: Outbox) -> None:
        self._parts = parts
        self._course = course
        self._outbox = outbox
        self._recipes = ByLabel({method.label: method.recipe for method in parts.methods})
        self._weights = {method.label: method.weight for method in parts.methods}
        self._intakes: Sequence[Intake] = ()
        self._places: dict[str, Place] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._open_by_recipe = Counter(dict.fromkeys(self._recipes, 0))
        self._undecided = 0
        self._left_open = 0
        self._decided = asyncio.Event()

    @property
    def count(self) -> int:
        """Seeds read and not decided: on their way, or stopped by the end of the run and left to the next invocation."""
        return self._undecided + self._left_open

    # ------------------------------------------------------------------ reading

    async def read_all(self, group: asyncio.TaskGroup, intakes: Sequence[Intake]) -> None:
        """Until every seed that was opened is decided or left open; a source that raises ends the run only then."""
        self._intakes = intakes
        try:
            await self._feed(group)
        except Exception as error:
            self._course.stopping.close("error", f"a source raised {type(error).__name__}: {error}")
            await self._all_decided()
            raise
        await self._all_decided()

    async def _feed(self, group: asyncio.TaskGroup) -> None:
        """Open seeds while there is room, from the method that is furthest below its share."""
        living = list(self._intakes)
        while living and not self._course.stopping.outcome and not self._limit_reached():
            if not (self._course.room.free and self._course.target.wants_more(self._undecided)):
                await self._course.room.changed()
                continue
            intake = min(living, key=self._share)
            try:
                row = await intake.next()
            except StreamSynthError as error:
                self._course.stopping.close("error", str(error), error)
                return
            if row is None:
                living.remove(intake)
            elif not self._course.stopping.outcome:
                self._open(group, intake.label, row)

    def _limit_reached(self) -> bool:
        limit = self._parts.options.limit
        return limit is not None and self._course.tally.seeds_done + self.count >= limit

    def _share(self, intake: Intake) -> float:
        """Accepted rows of this method, with what its open seeds are expected to bring, per unit of weight."""
        label = intake.label
        accepted, done = self._course.tally.accepted_by_recipe.get(label, 0), self._course.tally.done_by_recipe.get(label, 0)
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
        self._places[row.id] = self._course.room.enter()
        self.start(group, self._expand(row))

    def _open_without(self, seed: Seed, failure: Failure, outcome: str) -> None:
        """A seed that ends where it begins."""
        self._open_by_recipe[seed.recipe] += 1
        self._places[seed.id] = place = self._course.room.enter()
        place.rest()
        self._outbox.put_nowait(Expansion(seed, (), failure, outcome))

    def stop_reading(self) -> None:
        """No seed is wanted any more."""
        for intake in self._intakes:
            intake.stop()

    # ------------------------------------------------------------------ expanding

    def start(self, group: asyncio.TaskGroup, work: Coroutine[Any, Any, None]) -> None:
        """A task for a seed; `cancel` may end it."""
        task = group.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def cancel(self) -> None:
        """Give up what is on its way; its seeds stay open."""
        for task in tuple(self._tasks):
            task.cancel()

    async def _expand(self, seed: Seed) -> None:
        place, decided = self._places[seed.id], False
        ask = SeedAsk(seed, self._parts.chat, place, self._parts.options.seed)
        tools = SeedTools(seed, self._parts.journal, self._parts.options.seed, pools=self._course.pools)
        try:
            expansion = await expand(seed, self._recipes[seed.recipe], ask, tools, self._course.bugs, self._parts.clocks.wall)
            decided = True
        except Closed:
            pass
        except StreamSynthError as error:
            self._course.stopping.stopped_by(error)
            if not self._course.stopping.outcome:
                raise
        finally:
            if not decided:
                self.leave_open(seed)
        if decided:
            place.rest()
            self._outbox.put_nowait(expansion)

    # ------------------------------------------------------------------ closing

    def leave_open(self, seed: Seed) -> None:
        """It is not decided in this invocation; the next one goes on with it."""
        self._left_open += 1
        self.close(seed.id, seed.recipe)

    def close(self, seed_id: str, recipe: str) -> None:
        """It is decided, and its place is free."""
        self._places.pop(seed_id).leave()
        self._open_by_recipe[recipe] -= 1
        self._undecided -= 1
        if self._undecided == 0:
            self._decided.set()

    async def _all_decided(self) -> None:
        while self._undecided:
            self._decided.clear()
            await self._decided.wait()
