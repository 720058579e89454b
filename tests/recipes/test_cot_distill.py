from __future__ import annotations

from typing import Any

import pytest

from stream_synth.recipes.cot_distill import CotDistill
from stream_synth.recipes.shared.scripted import ScriptedAsk, try_recipe
from stream_synth.values import Sample
from tests.recipes.solutions import BROKEN, EN, RIGHT, SEEDS, WRONG, fates

SPLIT = {
    "en": "Sub-question 1: How many jars?\nSub-answer 1: 4 × 6 = 24.\nSub-question 2: How many full?\nSub-answer 2: 19.\nThe answer is 19.",
    "zh": "子问题1：一共几个？\n子答案1：24个。\n子问题2：满的几个？\n子答案2：19个。\n答案是19。",
}


@pytest.mark.parametrize(("lang", "seed"), SEEDS)
@pytest.mark.parametrize("shots", ["zero", "few"])
async def test_rationales_that_end_in_the_label(lang: str, seed: dict[str, str], shots: Any) -> None:
    """Asked with or without examples, which the row does not hold."""
    ask = ScriptedAsk({"solve": [RIGHT[lang], WRONG[lang], "?"]})

    rows = await try_recipe(CotDistill(samples=3, shots=shots), seed, ask)

    assert fates(rows) == ["accepted", "answer/wrong_answer", "answer/no_answer"]
    first, asked = rows[0], ask.asked[0][3].messages[-1]["content"]
    assert isinstance(first, Sample)
    assert (first.prompt, first.meta["shots"], first.meta["hint"]) == (seed["question"], shots, False)
    assert first.messages[0]["content"] == seed["question"]
    assert set(first.meta) <= set(CotDistill.card.meta_keys)
    assert (any(one in asked for one in ("A shelf has", "架子有")), "19" in asked) == ((shots == "few"),) * 2


async def test_a_label_need_not_be_a_number() -> None:
    """A word, or an option."""
    said = {"solve": ["Oil is lighter. The answer is yes.", "The answer is no."]}

    rows = await try_recipe(CotDistill(samples=2), {"question": "Would a pear sink in oil?", "answer": "Yes"}, said)

    assert fates(rows) == ["accepted", "answer/wrong_answer"]


async def test_own_examples() -> None:
    """Instead of those that ship."""
    ask = ScriptedAsk({"solve": RIGHT["en"]})

    await try_recipe(CotDistill(samples=1, examples="Question: 1 + 1?\nSolution: The answer is 2."), EN, ask)

    assert str(ask.asked[0][3].messages[-1]["content"]).startswith("Question: 1 + 1?")
    assert "shelf" not in ask.asked[0][3].messages[-1]["content"]


@pytest.mark.parametrize(("lang", "slip"), [("en", "The known answer is 19, as 24 - 5 = 19."), ("zh", "已知答案是19，因为 24 - 5 = 19。")])
async def test_the_label_as_a_hint(lang: str, slip: str) -> None:
    """The call shows it, the row does not, and a rationale may not speak of it."""
    ask = ScriptedAsk({"solve": [RIGHT[lang], slip]})

    rows = await try_recipe(CotDistill(samples=2, hint=True, shots="zero"), dict(SEEDS)[lang], ask)

    assert fates(rows) == ["accepted", "hint/mentions_hint"]
    assert isinstance(rows[0], Sample)
    assert rows[0].meta["hint"] is True
    assert rows[0].prompt == dict(SEEDS)[lang]["question"]
    assert "19" in ask.asked[0][3].messages[-1]["content"].replace("十九", "19")


@pytest.mark.parametrize(("lang", "seed"), SEEDS)
@pytest.mark.parametrize("shots", ["zero", "few"])
async def test_sub_questions_with_their_answers(lang: str, seed: dict[str, str], shots: Any) -> None:
    """Steps are on the row; a rationale without them is none, however right."""
    rows = await try_recipe(CotDistill(samples=2, decompose=True, shots=shots), seed, {"solve": [SPLIT[lang], RIGHT[lang]]})

    assert fates(rows) == ["accepted", "decompose/no_steps"]
    assert isinstance(rows[0], Sample)
    assert len(rows[0].meta["steps"]) == 2
    assert set(rows[0].meta["steps"][0]) == {"question", "answer"}


@pytest.mark.parametrize(("reply", "reason"), BROKEN)
async def test_replies_that_are_none(reply: Any, reason: str) -> None:
    """Named, and on the card."""
    rows = await try_recipe(CotDistill(samples=1), EN, {"solve": reply})

    assert fates(rows) == [f"solve/{reason}"]
    assert f"solve/{reason}" in CotDistill.card.rejects


async def test_context_stands_before_the_question() -> None:
    """In the call and in the row."""
    ask = ScriptedAsk({"solve": RIGHT["en"]})

    (row,) = await try_recipe(CotDistill(samples=1), {**EN, "context": "Jars are round."}, ask)

    assert isinstance(row, Sample)
    assert all("Jars are round." in text for text in (row.prompt, ask.asked[0][3].messages[-1]["content"]))
