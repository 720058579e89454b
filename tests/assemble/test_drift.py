from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.assemble.rig import Rig, rig

MARKS = "correct: {0}\nwell_formed: {0}\nunambiguous: {0}"


def settings(here: Rig, limit: int, **gate: Any) -> dict[str, Any]:
    """Distillation of ten questions an invocation, scored by a judge that is looked at every five accepted rows."""
    made = here.settings(
        {"limit": limit}, gates=[{"reward": {"scorer": "judge", "min_score": 0.0, "anchors_every": 5, "logprobs": False, **gate}}]
    )
    rows = here.folder / "rows.jsonl"
    rows.write_text("".join(json.dumps({"id": f"q{n}", "question": f"第 {n} 个问题是什么？"}) + "\n" for n in range(20)), encoding="utf-8")
    source = {"kind": "jsonl", "path": str(rows), "id": "id", "fields": {"question": "{question}"}}
    return {**made, "source": source, "endpoints": dict.fromkeys(("teacher", "judge"), made["endpoints"]["teacher"])}


async def invocation(folder: Path, mark: int, limit: int, **gate: Any) -> Rig:
    """One with a judge that gives everything this mark."""
    async with rig(folder, replies=[{"last": "unambiguous: N", "reply": MARKS.format(mark)}]) as here:
        await here.run(settings(here, limit, **gate))
    return here


def warnings(here: Rig) -> list[dict[str, Any]]:
    """Lines of the log about drift."""
    lines = [json.loads(line) for line in (here.directory / "log.jsonl").read_text(encoding="utf-8").splitlines()]
    return [line for line in lines if line["event"] == "reward_drift"]


async def test_a_judge_that_stays_the_same_does_not_drift(tmp_path: Path) -> None:
    """Twelve rows at the start and at later turns; the figure is 0 and nobody is warned."""
    here = await invocation(tmp_path, 4, 10)

    drifts = {row[0] for row in here.rows("SELECT value FROM metrics WHERE name = 'reward_drift'")}
    assert drifts == {0.0}
    assert warnings(here) == []
    assert here.broken() == []
    assert len(here.charges()) in {20 + 24, 20 + 36}  # two calls a row; the start, the turn at ten rows, and at five if it was seen


async def test_a_judge_that_changed_between_invocations_is_found_out(tmp_path: Path) -> None:
    """What counts is the start of the run, which the journal still knows; rows of the run are not touched."""
    await invocation(tmp_path, 5, 10)

    here = await invocation(tmp_path, 3, 20)

    assert here.rows("SELECT max(value) FROM metrics WHERE name = 'reward_drift'") == [(0.5,)]
    assert {(line["drift"], line["was"], line["now"]) for line in warnings(here)} == {(0.5, 1.0, 0.5)}
    assert here.rows("SELECT count(*) FROM samples") == [(20,)]
    assert here.broken() == []


async def test_whoever_wants_no_watch_pays_for_none(tmp_path: Path) -> None:
    """Two calls a row and nothing else."""
    here = await invocation(tmp_path, 4, 10, anchors_every=0)

    assert len(here.charges()) == 20
    assert here.rows("SELECT count(*) FROM metrics WHERE name = 'reward_drift'") == [(0,)]
