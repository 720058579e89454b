from __future__ import annotations

from contextlib import aclosing
from pathlib import Path

import pytest

import stream_synth as ss
from stream_synth.errors import ConfigError, RunError
from tests.assemble.rig import questions, rig


async def test_rows_come_while_the_run_is_on(tmp_path: Path) -> None:
    """The first row is there before the last seed is asked, and every row comes once."""
    async with rig(tmp_path, latency="fixed:0.15") as here:
        asked_at_first, ids = 0, list[str]()
        async for sample in ss.stream(here.settings(), source=questions(100), run_dir=here.directory):
            asked_at_first = asked_at_first or len(here.charges())
            ids.append(sample.id)

    assert 0 < asked_at_first < 100
    assert len(ids) == len(set(ids)) == 100
    assert here.broken() == []


async def test_breaking_out_stops_the_run_and_the_same_call_continues_it(tmp_path: Path) -> None:
    """What was in flight arrives and is kept: nothing is charged twice."""
    async with rig(tmp_path, latency="fixed:0.15") as here:
        seen = set()
        async with aclosing(ss.stream(here.settings(), source=questions(100), run_dir=here.directory)) as rows:
            async for sample in rows:
                seen.add(sample.id)
                break
        kept = here.rows("SELECT count(*) FROM samples")[0][0]
        outcome = here.rows("SELECT outcome FROM runs")
        rest = [sample.id async for sample in ss.stream(here.settings(), source=questions(100), run_dir=here.directory)]

    assert outcome == [("interrupted",)]
    assert 1 <= kept < 100
    assert len(rest) == 100 - kept
    assert not seen & set(rest)
    assert len(here.charges()) == 100
    assert here.broken() == []


async def test_a_plain_break_can_be_followed_by_the_same_call(tmp_path: Path) -> None:
    """The generator that was left behind ends first; the next one waits for the directory."""
    async with rig(tmp_path, latency="fixed:0.15") as here:
        async for _ in ss.stream(here.settings(), source=questions(100), run_dir=here.directory):
            break
        rest = [sample.id async for sample in ss.stream(here.settings(), source=questions(100), run_dir=here.directory)]

    assert 0 < len(rest) < 100
    assert here.rows("SELECT count(*) FROM samples") == [(100,)]
    assert len(here.charges()) == 100


async def test_a_run_that_ends_in_an_error_raises_it(tmp_path: Path) -> None:
    """A key the server refuses: the consumer hears of it instead of seeing a short stream."""
    async with rig(tmp_path, faults=[{"kind": "status", "status": 401, "message": "invalid key"}]) as here:
        with pytest.raises(RunError, match="invalid key"):
            _ = [sample async for sample in ss.stream(here.settings(), source=questions(3), run_dir=here.directory)]


async def test_mistakes_in_the_configuration_are_raised_before_the_first_row(tmp_path: Path) -> None:
    """As with `run`."""
    async with rig(tmp_path) as here:
        with pytest.raises(ConfigError, match="distill"):
            _ = [sample async for sample in ss.stream(here.settings(recipe={"name": "distil"}), source=questions(3))]


async def test_an_error_of_the_consumer_stops_the_run(tmp_path: Path) -> None:
    """Its own exception comes out, and the directory can be continued."""
    async with rig(tmp_path, latency="fixed:0.02") as here:

        async def stumble() -> None:
            async with aclosing(ss.stream(here.settings(), source=questions(100), run_dir=here.directory)) as rows:
                async for _ in rows:
                    raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            await stumble()
        summary = await here.run(here.settings(), source=questions(100))

    assert (summary.outcome, summary.counts["accepted"]) == ("finished", 100)
    assert len(here.charges()) == 100
