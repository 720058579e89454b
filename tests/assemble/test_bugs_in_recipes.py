from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

from stream_synth.protocols import Ask, Tools
from stream_synth.values import Request, Sample, Seed
from tests.assemble.rig import questions, rig


class Answers:
    """The simplest recipe of one's own; stumbles over every `every`-th question."""

    name = "answers"

    def __init__(self, every: int) -> None:
        self._every = every

    async def expand(self, seed: Seed, ask: Ask, tools: Tools) -> AsyncIterator[Sample]:
        """One answer."""
        question = str(seed.fields["question"])
        reply = await ask("answer", Request(({"role": "user", "content": question},)))
        if self._every and int(seed.id.removeprefix("q")) % self._every == 0:
            raise KeyError("没有这个键")
        yield Sample(question, reply.text)


SOURCE = {"kind": "memory", "id": "id"}


async def test_a_recipe_that_raises_costs_its_row(tmp_path: Path) -> None:
    """Four of twenty rows are lost, each with its traceback; the others are made."""
    async with rig(tmp_path) as here:
        summary = await here.run(here.settings(source=SOURCE), source=questions(20), recipe=Answers(5))

    failures = here.rows("SELECT seed_id, kind, message FROM failures ORDER BY seed_id")
    assert (summary.outcome, summary.counts["accepted"], summary.counts["failed"]) == ("finished", 16, 4)
    assert [row[:2] for row in failures] == [("q0", "bug"), ("q10", "bug"), ("q15", "bug"), ("q5", "bug")]
    assert all("Traceback" in row[2] and "KeyError: '没有这个键'" in row[2] for row in failures)
    assert here.broken() == []


async def test_too_many_bugs_stop_the_run(tmp_path: Path) -> None:
    """The twentieth ends it with an error; no thousand rows are burnt."""
    async with rig(tmp_path) as here:
        summary = await here.run(here.settings(source=SOURCE), source=questions(300), recipe=Answers(1))

    assert (summary.outcome, summary.exit_code) == ("error", 1)
    assert "KeyError" in summary.message
    assert 20 <= summary.counts["failed"] <= 20 + 16
    assert here.broken() == []


async def test_a_mended_recipe_goes_on(tmp_path: Path) -> None:
    """Rows that were open are made from replies already paid; rows that failed stay failed."""
    async with rig(tmp_path) as here:
        first = await here.run(here.settings(source=SOURCE), source=questions(60), recipe=Answers(1))
        second = await here.run(here.settings(source=SOURCE), source=questions(60), recipe=Answers(0))

    assert (second.outcome, second.counts["seeds_done"]) == ("finished", 60)
    assert second.counts["accepted"] == 60 - first.counts["failed"]
    assert len(here.charges()) == 60
    assert here.broken() == []
