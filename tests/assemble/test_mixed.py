from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.assemble.rig import Rig, questions, rig


def jsonl(path: Path, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """A file of these rows and the source that reads it."""
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return {"kind": "jsonl", "path": str(path), "id": "id", "fields": {"question": "{question}"}}


def mixed(here: Rig, run: dict[str, Any], **heavy: Any) -> dict[str, Any]:
    """Two recipes over files of their own, three rows of `heavy` for one of `light`."""
    plain = {"name": "distill", "max_tokens": 64}
    first = {**plain, "label": "heavy", "weight": 3, "source": jsonl(here.folder / "heavy.jsonl", questions(150)), **heavy}
    second = {**plain, "label": "light", "weight": 1, "source": jsonl(here.folder / "light.jsonl", questions(150, first=1_000))}
    return here.settings(run, recipe=[first, second])


async def test_weights_are_shares_of_accepted_rows(tmp_path: Path) -> None:
    """A recipe that loses 40 % of its rows is asked more often, so that three of four accepted rows are its own."""
    faults = [{"kind": "length", "probability": 0.4, "last": r"(Question|第) \d{1,3}[: ]"}]
    async with rig(tmp_path, faults=faults) as here:
        summary = await here.run(mixed(here, {"target_accepted": 80}))

    shares = dict(here.rows("SELECT recipe, count(*) FROM samples GROUP BY recipe"))
    assert (summary.outcome, sum(shares.values())) == ("target", 80)
    assert abs(shares["heavy"] - 60) <= 4
    assert here.broken() == []


async def test_every_recipe_reads_its_own_source(tmp_path: Path) -> None:
    """Ids carry the recipe, so the same id in two files stays two seeds."""
    async with rig(tmp_path) as here:
        settings = mixed(here, {})
        jsonl(here.folder / "heavy.jsonl", questions(12))
        jsonl(here.folder / "light.jsonl", questions(12))
        summary = await here.run(settings)

    assert summary.counts["seeds_done"] == 24
    assert here.rows("SELECT recipe, count(*) FROM samples GROUP BY recipe ORDER BY recipe") == [("heavy", 12), ("light", 12)]
    assert here.rows("SELECT count(DISTINCT seed_id) FROM seeds_done") == [(24,)]


async def test_a_recipe_may_have_a_gate_of_its_own(tmp_path: Path) -> None:
    """One recipe goes without the duplicate check that the other keeps."""
    same = [{"last": "", "reply": "这个问题的答案是这样的：先把两个数写下来，然后把它们加起来，得到的和就是答案。"}]
    async with rig(tmp_path, replies=same) as here:
        settings = mixed(here, {}, gates={"exact_duplicate": None}) | {"gates": [{"exact_duplicate": {}}]}
        one = [{"id": f"q{n}", "question": "一加一等于多少？"} for n in range(10)]
        jsonl(here.folder / "heavy.jsonl", one)
        jsonl(here.folder / "light.jsonl", one)
        await here.run(settings)

    assert here.rows("SELECT recipe, count(*) FROM samples GROUP BY recipe ORDER BY recipe") == [("heavy", 10), ("light", 1)]
    assert here.rows("SELECT DISTINCT recipe, gate FROM rejections") == [("light", "exact_duplicate")]
    assert here.broken() == []


async def test_a_broken_row_of_one_recipe_is_recorded_once(tmp_path: Path) -> None:
    """Going on with a run reads the file again, and does not record the row again."""
    async with rig(tmp_path) as here:
        settings = mixed(here, {})
        for name in ("heavy", "light"):
            jsonl(here.folder / f"{name}.jsonl", [{"id": "good", "question": "一加一等于多少？"}, {"id": "bad", "q": "?"}])
        await here.run(settings)
        summary = await here.run(settings)

    assert summary.counts["seeds_done"] == 4
    assert here.rows("SELECT count(*) FROM failures WHERE kind = 'source'") == [(2,)]
    assert here.broken() == []
