"""The replies that ship with the methods that ask a judge draw every reason on their cards, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
import pytest

from stream_synth import Run, arun
from stream_synth.recipes import find_recipe
from stream_synth.simulate import Options, serve

CONFIGS = Path(__file__).parents[2] / "configs"
CHECK = f"recipe.verify.call={__name__}:hearsay"
# Requests that the endpoint refuses for good, by their last message.
OUT_OF_REACH = {
    "evol_instruct": r"^请比较两个任务.*二月各有几天|^Compare two tasks.*faces the sea|^请写一句感谢体育老师|^What is a library, and how",
    "backtranslation": "教我修自行车的步骤.*刹车|every step of sourdough baking.*jar",
    "constitutional": (
        r"^请按照一条原则.*大喊13声|^Examine an answer.*for 13 nights|^请改写一个回答.*大喊18声|^Rewrite an answer.*for 18 nights"
        r"|^下面是对同一个问题.*晚上24点|^Two answers.*after 24 in"
    ),
    "preference": "^下面是对同一个问题的几个回答.*学习计划|^Several answers.*lightest to heaviest",
}
STRICT = {
    "evol_instruct": (CHECK, "recipe.rounds=1", "recipe.samples=4", "source.fields={}"),
    "backtranslation": (f"recipe.verify.call={__name__}:mere_doubt", "recipe.samples=11"),
    "constitutional": (CHECK, "recipe.rounds=1", "recipe.samples=24"),
    "preference": (CHECK, "source.fields={}"),
}
# Reasons that no reply draws here: unit tests do.
HIDDEN = {
    "evol_instruct": {"evolve/call_failed"},  # of a later round
    "backtranslation": set(),
    "constitutional": {"answer/too_few"},  # of `pair: sampled`
    "preference": set(),
}


def hearsay(row: Mapping[str, Any]) -> dict[str, Any]:
    """A check of a domain expert: what was only heard is no answer."""
    return {"passed": not row["response"].startswith(("听说", "I have heard"))}


def mere_doubt(row: Mapping[str, Any]) -> dict[str, Any]:
    """Another: an instruction that only asks whether."""
    return {"passed": "怎样判断" not in row["prompt"] and "whether" not in row["prompt"]}


def questions() -> list[dict[str, Any]]:
    """Everything that the shipped data ask, as questions, and a seed that asks nothing."""
    rows = [
        orjson.loads(line) for name in ("instructions", "questions") for line in (CONFIGS / f"data/{name}.jsonl").read_bytes().splitlines()
    ]
    asked = [row if "question" in row else {"question": f"{row['instruction']}\n{row['input']}".strip()} for row in rows]
    return [*asked, {"question": " "}, {"messages": "no list"}]


def passages() -> list[dict[str, Any]]:
    """The shipped texts, and what cannot be one."""
    rows = [orjson.loads(line) for line in (CONFIGS / "data/passages.jsonl").read_bytes().splitlines()]
    text = rows[1]["text"]
    unfit = [{"text": ""}, {"text": "short"}, {"text": text * 4}, {"text": text, "title": "FORUM"}, {"text": f"{text}\n\n{text[:300]}"}]
    return [*rows, *unfit]


def delicate() -> list[dict[str, Any]]:
    """The shipped questions that tempt, and seeds that ask nothing."""
    rows = [orjson.loads(line) for line in (CONFIGS / "data/delicate.jsonl").read_bytes().splitlines()]
    return [*rows, {"question": " "}, {"messages": "no list"}]


SEEDS = {"evol_instruct": questions, "backtranslation": passages, "constitutional": delicate, "preference": questions}


async def outcome(name: str, run_dir: Path, monkeypatch: pytest.MonkeyPatch, *overrides: str, rows: Any = None) -> Run:
    """The shipped configuration run against the shipped replies."""
    faults = [{"kind": "status", "status": 400, "last": OUT_OF_REACH[name]}]
    async with serve(Options(latency="fixed:0", replies=CONFIGS / f"replies/{name}.jsonl", faults=faults)) as server:
        monkeypatch.setenv("SS_BASE_URL", server.base_url)
        return await arun(CONFIGS / f"{name}.yaml", source=rows, run_dir=run_dir, overrides=list(overrides))


def drawn(run: Run) -> dict[str, set[str]]:
    """By language, every reason of the recipe's own that occurred; that of an accepted row is `accepted`."""
    found: dict[str, set[str]] = {"zh": set(), "en": set()}
    accepted = "SELECT lang, 'accepted' FROM samples"
    rejected = "SELECT lang, replace(gate, 'recipe:', '') || '/' || reason FROM rejections WHERE starts_with(gate, 'recipe:')"
    for lang, reason in [*run.sql(accepted).fetchall(), *run.sql(rejected).fetchall()]:
        found.setdefault(lang, set()).add(reason)
    return found


@pytest.mark.parametrize("name", STRICT)
async def test_every_reason_on_the_card_is_drawn(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By a reply in Chinese and by one in English; seeds that hold nothing have no language."""
    run = await outcome(name, tmp_path / "run", monkeypatch, *STRICT[name], rows=SEEDS[name]())

    found = drawn(run)
    unfit = {reason for reason in find_recipe(name).card.rejects if reason.startswith("seed/")}  # type: ignore[attr-defined]
    possible = {"accepted", *find_recipe(name).card.rejects} - HIDDEN[name]  # type: ignore[attr-defined]
    assert {lang: possible - unfit - found[lang] for lang in ("zh", "en")} == {"zh": set(), "en": set()}
    assert unfit <= set().union(*found.values())


@pytest.mark.parametrize("name", STRICT)
async def test_the_configuration_as_it_stands_accepts_rows(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In both languages, against the shipped replies."""
    run = await outcome(name, tmp_path / "run", monkeypatch)

    assert run.counts["outcome"] == "finished"
    assert {lang for (lang,) in run.sql("SELECT lang FROM samples").fetchall()} == {"zh", "en"}
