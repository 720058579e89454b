from __future__ import annotations

from pathlib import Path
from typing import Any

from stream_synth.assemble import replay_directory
from stream_synth.config import load
from tests.assemble.rig import Rig, rig

WRONG, RIGHT = "都加起来，答案是 7。", "逐步来算，答案是 12。"
REPLIES = [{"model": "big", "last": "", "reply": RIGHT}, {"last": "难|hard", "reply": WRONG}, {"last": "", "reply": RIGHT}]


def rows(count: int) -> list[dict[str, Any]]:
    """Every second question is too hard for the small model."""
    ask = ["第 {} 题很难：12 是多少？", "Question {}, an easy one: what is 12?"]
    return [{"id": f"q{n}", "question": ask[n % 2].format(n), "answer": "12"} for n in range(count)]


def settings(here: Rig) -> dict[str, Any]:
    """The small model first; the big one where that is wrong, and at three of ten rows that are right."""
    escalate = {"to": "stronger", "on": ["wrong_answer"], "share": 0.3}
    made = here.settings(recipe={"name": "star", "hints": 0, "max_tokens": 64, "escalate": escalate})
    stronger = {**made["endpoints"]["teacher"], "model": "big", "price": {"input": 10.0, "output": 20.0}}
    return {**made, "endpoints": {**made["endpoints"], "stronger": stronger}}


async def test_two_tiers_stop_go_on_and_replay(tmp_path: Path) -> None:
    """Hard questions are answered by the big model, every call is paid once over two invocations, and a replay makes the same rows."""
    async with rig(tmp_path, replies=REPLIES) as here:
        chosen = settings(here)
        await here.run({**chosen, "run": {**chosen["run"], "limit": 10}}, source=rows(40))
        await here.run(chosen, source=rows(40))
        charged = len(here.charges())
        report = await replay_directory(here.directory, load(chosen, source=rows(40)))

    by_tier = dict(here.rows("SELECT meta->>'tier', count(*) FROM samples GROUP BY ALL"))
    failed = here.rows("SELECT meta->>'tier', reason, count(*) FROM rejections GROUP BY ALL")
    spent = here.rows("SELECT tier, seeds, calls, accepted, rejected, share, cost_usd FROM tiers")
    assert failed == [("1", "wrong_answer", 20)]
    assert by_tier["1"] == 20
    assert 21 <= by_tier["2"] <= 35  # 20 that were hard, and about 6 of 20 that were not
    assert [row[:6] for row in spent] == [(1, 40, 40, 20, 20, 0.5), (2, by_tier["2"], by_tier["2"], by_tier["2"], 0, 1.0)]
    assert spent[1][6] > spent[0][6]
    assert here.rows("SELECT DISTINCT model FROM samples WHERE meta->>'tier' = '2'") == [("big",)]
    assert charged == 40 + by_tier["2"]
    assert (report.same, report.seeds) == (True, 40)
    assert here.broken() == []
