"""The replies that ship with a method draw every one of its rejection reasons."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
import pytest

from stream_synth import Run, arun
from stream_synth.gates.rules import RULES
from stream_synth.recipes.distill import Distill
from stream_synth.recipes.reasoning import Reasoning
from stream_synth.simulate import Options, serve

CONFIGS = Path(__file__).parents[2] / "configs"
UNFIT = [{"question": " "}, {"messages": "no list"}]  # seeds, which no reply can mend
IN_JSON = [
    {"question": "一年有哪四季？用JSON格式输出。"},
    {"question": "Name the seasons of the year. Put your entire answer in JSON format."},
]
FAULTS = [
    {"kind": "status", "status": 400, "last": r"(正确|is correct).*(教会我认真|reaching the skin)", "note": "a judge out of reach"},
    {"kind": "status", "status": 400, "last": "</think>", "note": "an answer to thinking that was prefilled"},
]
SAMPLES = 4  # as many replies as the longest list holds
# What the notes of the files name in brackets.
ALL = (
    f"recipe.verify.call={__name__}:hearsay",
    "gates=[rules: {max_chars: 2000}, exact_duplicate, near_duplicate]",
    f"recipe.samples={SAMPLES}",
)
STRICT = {
    "distill": (*ALL, "recipe.compare=rule", "source.fields={}"),
    "reasoning": (
        *ALL,
        "recipe.judge=true",
        "recipe.calculator=true",
        "recipe.require_thinking=true",
        "recipe.allow_code=false",
        "recipe.max_paragraph_chars=250",
        "recipe.keep=null",
    ),
}
DUPLICATES = {"exact_duplicate/exact_duplicate", "near_duplicate/near_duplicate"}  # lists shorter than the samples begin again
CARDS = {"distill": Distill.card, "reasoning": Reasoning.card}
# Reasons that these options hide.
HIDDEN = {
    "distill": {"rules/truncated", "answer/no_logprobs"},  # the recipe says it first; of `logprobs`
    "reasoning": {
        "rules/truncated",
        "keep/over_keep",  # with keep, below
        "rules/foreign_language",  # the recipe's own check of language says it first, unless it is off, below
        "rules/foreign_thinking",
        "answer/call_failed",  # of the second call of two_step, below
        *(reason for reason in Reasoning.card.rejects if reason.startswith(("refine/", "summarise/"))),  # of `refine`
    },
}


def hearsay(row: Mapping[str, Any]) -> dict[str, Any]:
    """A check of a domain expert: what was only heard is no answer."""
    return {"passed": not row["response"].startswith(("听说", "I have heard"))}


def seeds() -> list[dict[str, Any]]:
    """Everything that the shipped data ask, as questions."""
    rows = [
        orjson.loads(line) for name in ("instructions", "questions") for line in (CONFIGS / f"data/{name}.jsonl").read_bytes().splitlines()
    ]
    return [row if "question" in row else {"question": f"{row['instruction']}\n{row['input']}".strip()} for row in rows]


def rules(name: str) -> list[dict[str, Any]]:
    """The rows of a replies file that answer questions; what a judge says is not among them."""
    rows = [orjson.loads(line) for line in (CONFIGS / f"replies/{name}.jsonl").read_bytes().splitlines()]
    return [row for row in rows if isinstance(row["reply"], list)]


def promised(row: Mapping[str, Any]) -> set[str]:
    """What the note of a rule says will become of its replies; the options that this needs stand behind in brackets."""
    return {reason.partition(" (")[0] for reason in row["note"].split("; ")}


@pytest.mark.parametrize("name", ["distill", "reasoning"])
def test_every_reason_is_drawn_in_both_languages(name: str) -> None:
    """By a reply to a Chinese question and by one to an English question."""
    languages: dict[str, set[bool]] = {}
    for row in rules(name):
        for reason in promised(row):
            languages.setdefault(reason, set()).add(row["last"].isascii())

    assert set(map(len, languages.values())) == {2}


async def outcome(
    name: str, run_dir: Path, monkeypatch: pytest.MonkeyPatch, *overrides: str, rows: list[dict[str, Any]] | None = None
) -> Run:
    """The shipped configuration run against the shipped replies."""
    async with serve(Options(latency="fixed:0", replies=CONFIGS / f"replies/{name}.jsonl", faults=FAULTS)) as server:
        monkeypatch.setenv("SS_BASE_URL", server.base_url)
        judge = (f"endpoints.judge={{base_url: {server.base_url}, model: judge}}",) if "recipe.judge=true" in overrides else ()
        return await arun(CONFIGS / f"{name}.yaml", source=rows, run_dir=run_dir, overrides=[*overrides, *judge])


def drawn(run: Run) -> set[tuple[str, str]]:
    """Every (question, reason) that occurred; the reason of an accepted row is `accepted`."""
    accepted = "SELECT prompt, 'accepted' FROM samples"
    rejected = "SELECT prompt, replace(gate, 'recipe:', '') || '/' || reason FROM rejections"
    return set(run.sql(f"{accepted} UNION ALL {rejected}").fetchall())


@pytest.mark.parametrize("name", ["distill", "reasoning"])
async def test_each_reply_has_the_fate_that_its_note_names(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Question by question, in both languages; together they draw every reason that the method's card and the rules list."""
    run = await outcome(name, tmp_path / "run", monkeypatch, *STRICT[name], rows=[*seeds(), *IN_JSON, *UNFIT])

    found = drawn(run)
    for row in rules(name):
        assert {reason for prompt, reason in found if row["last"] in prompt} - DUPLICATES == promised(row), row["last"]
    possible = {*CARDS[name].rejects, *(f"rules/{rule.id}" for rule in RULES)}
    assert {reason for _, reason in found} - DUPLICATES - {"accepted"} == possible - HIDDEN[name]


@pytest.mark.parametrize("name", ["distill", "reasoning"])
async def test_the_configuration_as_it_stands_accepts_rows(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In both languages; `keep` leaves later right answers out."""
    run = await outcome(name, tmp_path / "run", monkeypatch)

    found = drawn(run)
    accepted = [prompt for prompt, reason in found if reason == "accepted"]
    assert {prompt.isascii() for prompt in accepted} == {True, False}
    assert run.counts["outcome"] == "finished"
    assert ("keep/over_keep" in {reason for _, reason in found}) == (name == "reasoning")


async def test_without_the_check_of_language_the_rules_name_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Thinking and answers in another language than the question's."""
    run = await outcome("reasoning", tmp_path / "run", monkeypatch, "recipe.keep=null", "recipe.min_language_share=0", rows=seeds())

    assert {"rules/foreign_language", "rules/foreign_thinking"} <= {reason for _, reason in drawn(run)}


async def test_a_second_step_that_fails_has_its_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Thinking was made, the answer to it refused."""
    run = await outcome("reasoning", tmp_path / "run", monkeypatch, "recipe.think_by=two_step", "recipe.samples=1", rows=seeds()[:1])

    assert {reason for _, reason in drawn(run)} == {"answer/call_failed"}
