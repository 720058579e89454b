from __future__ import annotations

from pathlib import Path

import pytest

from tests.assemble.rig import questions, rig

FOUR_EACH = {"recipe": {"name": "distill", "max_tokens": 64, "samples": 4}}


@pytest.mark.parametrize("target", [1, 7, 50])
async def test_a_target_is_met_exactly(tmp_path: Path, target: int) -> None:
    """Not one row more is accepted, whatever was in flight."""
    async with rig(tmp_path) as here:
        summary = await here.run(here.settings({"target_accepted": target}), source=questions(200))

    assert (summary.outcome, summary.exit_code) == ("target", 0)
    assert here.rows("SELECT count(*) FROM samples") == [(target,)]
    assert here.broken() == []


async def test_the_last_rows_are_not_bought_several_times_over(tmp_path: Path) -> None:
    """With 32 calls at once, a target of 100 costs 100 calls."""
    async with rig(tmp_path) as here:
        summary = await here.run(here.settings({"target_accepted": 100}, {"concurrency": 32}), source=questions(300))

    assert summary.counts["calls"] == 100


async def test_a_raised_target_takes_surplus_first(tmp_path: Path) -> None:
    """What was bought beyond the target is accepted before anything new is asked."""
    async with rig(tmp_path) as here:
        first = await here.run(here.settings({"target_accepted": 10}, **FOUR_EACH), source=questions(80))
        surplus = here.rows("SELECT count(*) FROM rejections WHERE gate = 'target'")[0][0]
        more = surplus + 60
        second = await here.run(here.settings({"target_accepted": 10 + more}, **FOUR_EACH), source=questions(80))

    assert first.counts["accepted"] == 10
    assert surplus > 0
    assert (second.outcome, second.counts["accepted"]) == ("target", 10 + more)
    assert second.counts["calls"] - first.counts["calls"] < more
    assert here.rows("SELECT count(*), count(DISTINCT id) FROM samples") == [(10 + more, 10 + more)]
    assert here.broken() == []


async def test_a_finished_target_asks_nothing_more(tmp_path: Path) -> None:
    """The same command on a directory that is done makes no call."""
    async with rig(tmp_path) as here:
        await here.run(here.settings({"target_accepted": 10}), source=questions(50))
        charged = len(here.charges())
        again = await here.run(here.settings({"target_accepted": 10}), source=questions(50))

    assert (again.outcome, again.counts["accepted"]) == ("target", 10)
    assert len(here.charges()) == charged


async def test_a_second_pass_fills_what_the_first_left_open(tmp_path: Path) -> None:
    """Four of five rows pass: two passes over 40 seeds bring exactly 50."""
    lossy = [{"kind": "length", "probability": 0.2}]
    source = {"kind": "memory", "id": "id", "passes": 2}
    async with rig(tmp_path, faults=lossy) as here:
        summary = await here.run(here.settings({"target_accepted": 50}, source=source), source=questions(40))

    assert (summary.outcome, summary.counts["accepted"]) == ("target", 50)
    assert here.rows("SELECT count(*) > 0 FROM rejections WHERE gate = 'recipe:answer'") == [(True,)]
    assert here.rows("SELECT count(*) > 0 FROM samples WHERE seed_id LIKE '%#2'") == [(True,)]
    assert here.broken() == []


async def test_a_source_that_ends_short_says_so(tmp_path: Path) -> None:
    """Everything is asked once, the run ends well, the outcome tells why."""
    async with rig(tmp_path, faults=[{"kind": "length", "probability": 0.2}]) as here:
        summary = await here.run(here.settings({"target_accepted": 60}), source=questions(60))

    assert (summary.outcome, summary.exit_code) == ("source_exhausted", 0)
    assert summary.counts["seeds_done"] == 60
    assert summary.counts["accepted"] < 60


async def test_a_target_in_tokens_ends_with_the_row_that_fills_it(tmp_path: Path) -> None:
    """Without its last row the directory would hold too few tokens."""
    async with rig(tmp_path) as here:
        summary = await here.run(here.settings({"target_tokens": 500}), source=questions(200))

    tokens = [row[0] for row in here.rows("SELECT reasoning_tokens + answer_tokens FROM samples ORDER BY seq")]
    assert summary.outcome == "target"
    assert sum(tokens[:-1]) < 500 <= sum(tokens)
    assert here.broken() == []


async def test_a_raised_target_in_tokens_takes_surplus_first(tmp_path: Path) -> None:
    """Rows that were only kept out by the old target come in without a call."""
    async with rig(tmp_path) as here:
        first = await here.run(here.settings({"target_tokens": 300}, **FOUR_EACH), source=questions(50))
        (surplus, tokens) = here.rows("SELECT count(*), sum(answer_tokens)::INT FROM rejections WHERE gate = 'target'")[0]
        held = here.rows("SELECT sum(answer_tokens)::INT FROM samples")[0][0]
        second = await here.run(here.settings({"target_tokens": held + tokens}, **FOUR_EACH), source=questions(50))

    assert surplus > 0
    assert second.outcome == "target"
    assert second.counts["calls"] == first.counts["calls"]
    assert here.rows("SELECT count(*) FROM rejections WHERE gate = 'target'") == [(0,)]
    assert here.broken() == []
