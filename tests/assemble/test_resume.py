from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from stream_synth.assemble import execute
from stream_synth.config import load
from stream_synth.errors import ConfigError, LockedError
from stream_synth.observe.lock import RunLock
from tests.assemble.rig import questions, rig

TWIN_GATES: list[dict[str, Any]] = [{"exact_duplicate": {}}, {"near_duplicate": {}}]
SAME = [{"last": "", "reply": "先把两个数写下来，然后把它们加起来，得到的和就是答案；再检查一遍，确认没有算错。"}]


async def test_a_finished_run_asks_nothing_again(tmp_path: Path) -> None:
    """The same command on a finished directory: no call, the same rows."""
    async with rig(tmp_path) as here:
        await here.run(here.settings(), source=questions(20))
        before = here.rows("FROM samples ORDER BY id")
        summary = await here.run(here.settings(), source=questions(20))

    assert (summary.outcome, summary.counts["accepted"]) == ("finished", 20)
    assert len(here.charges()) == 20
    assert here.rows("FROM samples ORDER BY id") == before


async def test_another_gate_judges_from_now_on(tmp_path: Path) -> None:
    """No word is needed for it; rows made before stay, and are remembered by the new gate."""
    async with rig(tmp_path, replies=SAME) as here:
        same_question = [{"id": f"q{n}", "question": "一加一等于多少？"} for n in range(10)]
        await here.run(here.settings({"limit": 4}), source=same_question)
        summary = await here.run(here.settings(gates=TWIN_GATES), source=same_question)

    assert (summary.outcome, summary.counts["accepted"], summary.counts["rejected"]) == ("finished", 4, 6)
    assert here.rows("SELECT DISTINCT gate FROM rejections") == [("exact_duplicate",)]
    assert here.broken() == []


async def test_changed_text_needs_a_word_and_keeps_what_is_done(tmp_path: Path) -> None:
    """Another system prompt: refused before anything is sent, then only open seeds are asked in the new way."""
    async with rig(tmp_path) as here:
        await here.run(here.settings({"limit": 5}), source=questions(12))
        changed = here.settings(recipe={"name": "distill", "max_tokens": 64, "system": "答得短一些。"})

        with pytest.raises(ConfigError, match="--accept-changes"):
            await here.run(changed, source=questions(12))
        refused = len(here.charges())
        summary = await execute(load(changed, source=questions(12)), here.directory, accept_changes=True)

    assert refused == 5
    assert (summary.outcome, summary.counts["accepted"], len(here.charges())) == ("finished", 12, 12)
    assert here.rows("SELECT count(*) FROM samples WHERE messages::VARCHAR LIKE '%答得短一些%'") == [(7,)]


async def test_a_directory_in_use_is_refused(tmp_path: Path) -> None:
    """Nothing is sent while another process holds it."""
    async with rig(tmp_path) as here:
        here.directory.mkdir()
        with RunLock(here.directory), pytest.raises(LockedError, match="in use by process"):
            await here.run(here.settings(), source=questions(3))

    assert here.charges() == []


async def test_a_lost_database_is_made_again(tmp_path: Path) -> None:
    """The journal holds everything: the same rows, rejections and calls, without a call."""
    tables = ("samples", "rejections", "verdicts", "failures", "calls", "attempts", "seeds_done")
    twins = [*questions(20), *({**row, "id": f"again {row['id']}"} for row in questions(20))]
    async with rig(tmp_path, replies=[{"last": r"第 (\d+)", "reply": f"{SAME[0]['reply']}{{g1}}"}]) as here:
        await here.run(here.settings(gates=TWIN_GATES), source=twins)
        before = {name: here.rows(f"FROM {name} ORDER BY ALL") for name in tables}
        for path in here.directory.glob("data.duckdb*"):
            path.unlink()
        summary = await here.run(here.settings(gates=TWIN_GATES), source=twins)

    assert summary.outcome == "finished"
    assert len(here.charges()) == 40
    assert len(before["rejections"]) >= 10
    assert {name: here.rows(f"FROM {name} ORDER BY ALL") for name in tables} == before
    assert here.broken() == []


async def test_a_twin_of_a_surplus_row_does_not_pass(tmp_path: Path) -> None:
    """Two answers, one wanted; then the directory is opened again without a target: the other comes in, and no twin of either."""
    same_question = [{"id": f"q{n}", "question": "一加一等于多少？"} for n in range(4)]
    replies = [{"last": "", "reply": ["一加一等于二。", "答案是二。"]}]
    taken = {"recipe": {"name": "distill", "max_tokens": 64, "samples": 2}, "gates": [{"exact_duplicate": {}}]}
    async with rig(tmp_path, replies=replies) as here:
        one_at_a_time = {"concurrency": 1}
        await here.run(here.settings({"target_accepted": 1, "limit": 1}, one_at_a_time, **taken), source=same_question)
        surplus = here.rows("SELECT id FROM rejections WHERE gate = 'target'")
        summary = await here.run(here.settings({}, one_at_a_time, **taken), source=same_question)

    assert len(surplus) == 1
    assert (summary.outcome, summary.counts["accepted"], summary.counts["rejected"]) == ("finished", 2, 6)
    assert here.rows("SELECT evidence->>'duplicate_of' FROM rejections").count(surplus[0]) == 3
    assert here.broken() == []


async def test_limit_counts_seeds_of_the_directory(tmp_path: Path) -> None:
    """Three invocations with limits 4, 9 and 9 read nine seeds."""
    async with rig(tmp_path) as here:
        done = [(await here.run(here.settings({"limit": limit}), source=questions(30))).counts["seeds_done"] for limit in (4, 9, 9)]

    assert done == [4, 9, 9]
    assert len(here.charges()) == 9
