from __future__ import annotations

from typing import Any

import pytest

from stream_synth.errors import ChatError
from stream_synth.recipes.orca import Orca, systems
from stream_synth.recipes.shared.scripted import ScriptedAsk, try_recipe
from stream_synth.values import Completion, Rejected, Sample

ZH = {"question": "三只蚂蚁有几条腿？", "answer": "18"}
EN = {"question": "How many legs do three ants have?", "answer": "18"}
CHOICE = {"question": "Which is a mammal?", "options": ["shark", "dolphin"]}


@pytest.mark.parametrize(("fields", "lang"), [(ZH, "zh"), (EN, "en")])
async def test_each_sample_has_a_system_turn_of_its_own(fields: dict[str, Any], lang: str) -> None:
    """All fourteen that fit, one of them empty; the turn is part of the row."""
    ask = ScriptedAsk({"answer": "18."})

    rows = await try_recipe(Orca(samples=14), fields, ask)

    told = [request.messages[0]["content"] if len(request.messages) == 2 else "" for *_, request in ask.asked]
    assert sorted(told) == sorted(systems(lang)[:14])
    for row, system in zip(rows, told, strict=True):
        assert isinstance(row, Sample)
        assert [turn["content"] for turn in row.messages[:-2]] == ([system] if system else [])
        assert systems(lang)[row.meta["system_number"]] == system
        assert set(row.meta) <= set(Orca.card.meta_keys)


async def test_two_are_for_multiple_choice_only() -> None:
    """Options stand under the question, and all sixteen may be drawn; more samples than turns begin again."""
    ask = ScriptedAsk({"answer": "B."})

    rows = await try_recipe(Orca(samples=16), CHOICE, ask)
    more = await try_recipe(Orca(samples=17), CHOICE, {"answer": "B."})

    assert {row.meta["system_number"] for row in rows if isinstance(row, Sample)} == set(range(16))
    assert ask.asked[0][3].messages[-1]["content"] == "Which is a mammal?\nA. shark\nB. dolphin"
    assert len(more) == 17


async def test_a_row_s_own_system_turn_stands() -> None:
    """Nothing is drawn for it."""
    ask = ScriptedAsk({"answer": "18."})

    (row,) = await try_recipe(Orca(), {**ZH, "system": "只说数字。"}, ask)

    assert isinstance(row, Sample)
    assert row.messages[0]["content"] == "只说数字。"
    assert "system_number" not in row.meta


@pytest.mark.parametrize(("fields", "asked_for"), [(ZH, "五岁孩子"), (EN, "five-year-old")])
async def test_with_answer_shows_it_and_teaches_the_bare_question(fields: dict[str, Any], asked_for: str) -> None:
    """The documents' form of Orca."""
    ask = ScriptedAsk({"answer": "6 + 6 + 6 = 18"})

    (row,) = await try_recipe(Orca(with_answer=True, compare="rule"), fields, ask)

    sent = ask.asked[0][3].messages[-1]["content"]
    assert "18" in sent
    assert asked_for in sent
    assert isinstance(row, Sample)
    assert (row.prompt, row.messages[-2]["content"], row.meta["gold"]) == (fields["question"], fields["question"], "18")


@pytest.mark.parametrize(
    ("fields", "reply", "reason"),
    [
        ({"question": " "}, "", "seed/no_question"),
        ({"question": "Why?"}, "", "seed/no_answer"),
        (EN, Completion("so", finish_reason="length"), "answer/truncated"),
        (EN, "<think>never closed", "answer/tag_damage"),
        (EN, ChatError("server_error", "500"), "answer/call_failed"),
        (EN, "The answer is 12.", "answer/wrong_answer"),
        (EN, "Hard to tell.", "answer/no_answer"),
        (EN, "The given answer is right: six each. The answer is 18.", "answer/leak"),
        (ZH, "根据参考答案，每只六条，答案是18。", "answer/leak"),
    ],
)
async def test_what_is_no_explanation_is_rejected(fields: dict[str, Any], reply: Any, reason: str) -> None:
    """With a reason on the card."""
    (row,) = await try_recipe(Orca(with_answer=True, compare="rule"), fields, {"answer": reply})

    assert isinstance(row, Rejected)
    assert f"{row.step}/{row.reason}" == reason
    assert reason in Orca.card.rejects
