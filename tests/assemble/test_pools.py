"""A method that learns from its own rows."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from stream_synth.assemble import replay_directory
from stream_synth.assemble.plan import plan
from stream_synth.config import load
from stream_synth.engine.pools import POOL_ROWS, Pools
from stream_synth.protocols import Ask, Tools
from stream_synth.values import Decision, Rejected, Sample, Seed, SeedRecord
from tests.assemble.rig import Rig, questions, rig

SOURCE = {"kind": "memory", "id": "id"}


class Learner:
    """Shows how many good and bad rows it was given; every third row is bad."""

    name = "learner"
    draws_from = ("accepted", "rejected")

    async def expand(self, seed: Seed, ask: Ask, tools: Tools) -> AsyncIterator[Sample | Rejected]:
        """One row."""
        good = await tools.pool("good", 2)
        bad = await tools.pool("bad", 2, "rejected", lang="zh", reason="look/")
        seen = {"good": [row["id"] for row in good], "bad": [row["reason"] for row in bad]}
        row = Sample(str(seed.fields["question"]), seed.id, lang="zh", meta=seen)
        yield Rejected(row, "look", "ugly") if int(seed.id.removeprefix("q")) % 3 == 0 else row


async def test_rows_that_were_decided_are_drawn(tmp_path: Path) -> None:
    """Good ones and bad ones, and the draws replay from the journal."""
    async with rig(tmp_path) as here:
        settings = here.settings({"max_open_seeds": 1}, source=SOURCE)
        await here.run(settings, source=questions(12), recipe=Learner())
        report = await replay_directory(here.directory, load(settings, source=questions(12), recipe=Learner()))

    seen = here.rows("SELECT json_array_length(meta->'good'), meta->'bad'->>0 FROM samples ORDER BY seq")
    assert max(seen[-3:]) == (2, "look/ugly")
    assert (report.same, report.seeds) == (True, 12)


async def test_a_resumed_run_draws_from_what_the_first_one_left(tmp_path: Path) -> None:
    """The pools are filled from the database before the first seed is opened."""
    async with rig(tmp_path) as here:
        await here.run(here.settings({"limit": 6, "max_open_seeds": 1}, source=SOURCE), source=questions(7), recipe=Learner())
        await here.run(here.settings({"max_open_seeds": 1}, source=SOURCE), source=questions(8), recipe=Learner())

    last = here.rows("SELECT json_array_length(meta->'good'), meta->'bad'->>0 FROM samples ORDER BY seq DESC LIMIT 1")
    assert last == [(2, "look/ugly")]
    assert here.broken() == []


SHOWN = "{% for one in seen %}[{{ one.response }}{{ one.reason }}]{% endfor %}"


def feeding(here: Rig, limit: int, rows: str = "decided") -> dict[str, Any]:
    """A method that feeds what it makes, every other row of it rejected, and one that only looks."""
    (here.folder / "rows.jsonl").write_text("".join(json.dumps(one) + "\n" for one in questions(8)), encoding="utf-8")
    source = {"kind": "jsonl", "path": str(here.folder / "rows.jsonl"), "id": "id"}
    feed = [{"set": {"made": "seed.id"}}, {"feed": {"pool": "cases", "rows": rows}}, {"gate": {"even": "'第' in question"}}]
    emit = {"prompt": "{{ question }}", "response": "{{ made }}"}
    feeder = {"label": "feeder", "source": source, "steps": feed, "emit": emit, "lang": "en"}
    draw = [{"draw": {"into": "seen", "count": 20, "pool": "cases"}}]
    viewer = {"label": "viewer", "source": source, "steps": draw, "emit": {"prompt": "{{ question }}", "response": SHOWN}, "lang": "en"}
    return here.settings({"limit": limit, "max_open_seeds": 1}, recipe=[feeder, viewer])


@pytest.mark.parametrize(("rows", "told"), [("accepted", {False}), ("rejected", {True}), ("decided", {True, False})])
async def test_a_pool_that_one_method_feeds_is_drawn_from_by_another(tmp_path: Path, rows: str, told: set[bool]) -> None:
    """Accepted rows, rejected ones or both, as the first wants it; a resumed run finds them again, and all of it replays the same."""
    async with rig(tmp_path) as here:
        await here.run(feeding(here, 12, rows))
        before = here.rows("SELECT response FROM samples WHERE recipe = 'viewer' ORDER BY seq DESC LIMIT 1")
        await here.run(feeding(here, 16, rows))
        report = await replay_directory(here.directory, load(feeding(here, 16, rows)))

    [(last,)] = here.rows("SELECT response FROM samples WHERE recipe = 'viewer' ORDER BY seq DESC LIMIT 1")
    seen = re.findall(r"\[(q\d)(gate/even)?\]", last)
    assert {bool(reason) for _, reason in seen} == told
    assert all(bool(reason) == (int(name[1:]) % 2 == 0) for name, reason in seen)
    assert len(seen) >= len(re.findall(r"\[q\d", before[0][0])) >= 2
    assert (report.same, report.seeds) == (True, 16)
    assert here.broken() == []


def test_a_pool_keeps_a_bounded_sample_of_all_rows() -> None:
    """Of three times as many rows than it holds, a third of them are from each third."""
    pools = Pools({"a": ("accepted",)}, run_seed=1)

    for number in range(3 * POOL_ROWS):
        pools.add(SeedRecord(number, str(number), "a", "done", (Decision(Sample(str(number), "", id=str(number))),)))

    kept = [int(row["id"]) // POOL_ROWS for row in pools.draw("a", "accepted", 3 * POOL_ROWS, Random(1), bool)]
    assert len(kept) == POOL_ROWS
    assert all(abs(kept.count(third) - POOL_ROWS / 3) < POOL_ROWS / 12 for third in range(3))


@pytest.mark.parametrize("own", [["cases"], "cases", {"cases": ["decided"]}, {"cases": {"rows": 1}}, None])
def test_a_meta_key_of_that_name_may_mean_something_else(own: Any) -> None:
    """What does not say after which decision a row belongs to a pool feeds none, and breaks nothing."""
    pools = Pools({"a": ("cases",)}, run_seed=1)

    pools.add(SeedRecord(1, "1", "a", "done", (Decision(Sample("1", "", id="1", meta={"pools": own})),)))

    assert pools.draw("a", "cases", 1, Random(1), bool) == []


async def test_a_dry_run_knows_the_pools_and_finds_them_empty(tmp_path: Path) -> None:
    """No seed is told to fail because there are no rows yet."""
    async with rig(tmp_path) as here:
        planned = await plan(load(here.settings(source=SOURCE), source=questions(3), recipe=Learner()), here.directory)

    assert [problem for method in planned.methods for problem in method.problems if "draws" in problem] == []
