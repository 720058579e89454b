from __future__ import annotations

from typing import Any

import pytest

from stream_synth.errors import ChatError, ConfigError
from stream_synth.recipes.orca_math import OrcaMath
from stream_synth.recipes.shared.scripted import ScriptedAsk, try_recipe
from stream_synth.values import Completion, Rejected, Sample

ZH = {"question": "小李有24颗糖，分给4个同学，每人几颗？"}
EN = {"question": "Ben shares 24 stickers among 4 friends. How many has each?"}
LOST = ChatError("server_error", "500")
CUT = Completion("half", finish_reason="length")
SCRIPT: dict[str, Any] = {
    "create": "1. One new problem?\n2. Another new problem?",
    "round1/suggest": "Add a step.",
    "round1/edit": "The new problem: A harder one?",
    "round2/suggest": "Add one more.",
    "round2/edit": "A still harder one?",
    "solve": "The answer is 6.",
}


@pytest.mark.parametrize("fields", [ZH, EN])
async def test_new_and_harder_problems_are_solved(fields: dict[str, str]) -> None:
    """The list, then one problem a round, each made from the last; meta says how."""
    ask = ScriptedAsk(SCRIPT)

    rows = await try_recipe(OrcaMath(problems=2), fields, ask)

    assert all(isinstance(row, Sample) for row in rows)
    samples = [row for row in rows if isinstance(row, Sample)]
    assert [row.prompt for row in samples] == ["One new problem?", "Another new problem?", "A harder one?", "A still harder one?"]
    assert [(row.meta["via"], row.meta.get("round")) for row in samples][1:3] == [("ask_anything", None), ("suggest_edit", 1)]
    assert samples[3].meta["suggestions"] == "Add one more."
    assert {row.meta["original_question"] for row in samples} == {fields["question"]}
    assert {row.response for row in samples} == {"The answer is 6."}
    sent = {step: request.messages[-1]["content"] for step, *_, request in ask.asked}
    assert "A harder one?" in sent["round2/suggest"]
    assert set(samples[3].meta) <= set(OrcaMath.card.meta_keys)


async def test_the_list_is_paid_for_once() -> None:
    """By its first problem."""
    script = {**SCRIPT, "create": Completion(SCRIPT["create"], cost_usd=1.0)}

    rows = await try_recipe(OrcaMath(problems=2, rounds=0), EN, script)

    assert [row.cost_usd for row in rows if isinstance(row, Sample)] == [1.0, 0.0]


@pytest.mark.parametrize(
    ("step", "reply", "reason"),
    [
        ("create", CUT, "create/truncated"),
        ("create", LOST, "create/call_failed"),
        ("create", "Sure.", "create/unreadable"),
        ("create", "INVALID", "create/invalid"),
        ("create", f"1. {EN['question'].upper()}", "create/copied"),
        ("create", f"1. {'Same?'}\n2. {'same? '}", "create/copied"),
        ("round1/suggest", " ", "suggest/empty"),
        ("round2/suggest", LOST, "suggest/call_failed"),
        ("round1/edit", "<think>never closed", "edit/tag_damage"),
        ("round2/edit", LOST, "edit/call_failed"),
        ("round1/edit", "INVALID", "edit/invalid"),
        ("round1/edit", EN["question"], "edit/copied"),
        ("solve", "6" * 1801, "solve/too_long"),
        ("solve", CUT, "solve/truncated"),
        ("solve", LOST, "solve/call_failed"),
    ],
)
async def test_each_step_can_fail(step: str, reply: Any, reason: str) -> None:
    """What fails ends its branch; the other branch goes on."""
    rows = await try_recipe(OrcaMath(problems=2), EN, {**SCRIPT, step: reply})

    reasons = [f"{row.step}/{row.reason}" for row in rows if isinstance(row, Rejected)]
    assert set(reasons) == {reason}
    assert reason in OrcaMath.card.rejects
    assert step == "solve" or any(isinstance(row, Sample) for row in rows)


def test_asking_for_nothing_is_a_configuration_error() -> None:
    """Named at once."""
    with pytest.raises(ConfigError, match="problems is 0"):
        OrcaMath(problems=0, rounds=0)


async def test_seed_without_a_question_costs_no_call() -> None:
    """Rejected at step `seed`."""
    (row,) = await try_recipe(OrcaMath(), {"question": " "}, {})

    assert isinstance(row, Rejected)
    assert (row.step, row.reason) == ("seed", "no_question")
