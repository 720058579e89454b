from __future__ import annotations

from typing import Any

import pytest

from stream_synth.errors import ConfigError
from stream_synth.recipes.shared.scripted import ScriptedAsk, try_recipe
from stream_synth.recipes.star import Star
from stream_synth.values import Sample
from tests.recipes.solutions import BROKEN, EN, LOST, RIGHT, SEEDS, WRONG, fates


@pytest.mark.parametrize(("lang", "seed"), SEEDS)
async def test_what_is_solved_is_not_hinted_at(lang: str, seed: dict[str, str]) -> None:
    """One right solution of two is enough: no call with the answer shown."""
    ask = ScriptedAsk({"solve": [WRONG[lang], RIGHT[lang]]})

    rows = await try_recipe(Star(samples=2), seed, ask)

    assert fates(rows) == ["answer/wrong_answer", "accepted"]
    assert isinstance(rows[1], Sample)
    assert rows[1].meta["via"] == "direct"
    assert set(rows[1].meta) <= set(Star.card.meta_keys)


@pytest.mark.parametrize(("lang", "seed"), SEEDS)
async def test_a_failed_question_is_explained_and_stored_without_the_hint(lang: str, seed: dict[str, str]) -> None:
    """The call shows the answer in brackets; prompt and turns of the row do not."""
    ask = ScriptedAsk({"solve": WRONG[lang], "hint": RIGHT[lang]})

    rows = await try_recipe(Star(hint_temperature=0.5), seed, ask)

    assert fates(rows) == ["answer/wrong_answer", "accepted"]
    hinted = rows[1]
    assert isinstance(hinted, Sample)
    assert (hinted.prompt, hinted.meta["via"]) == (seed["question"], "hint")
    assert hinted.messages[0]["content"] == seed["question"]
    step, _, _, request = ask.asked[1]
    assert (step, request.params["temperature"]) == ("hint", 0.5)
    assert any(f"{seed['question']}{shown}" in request.messages[-1]["content"] for shown in (" (19)", "（十九）"))


@pytest.mark.parametrize(
    ("question", "marked"),
    [("Which is even?\nA. 3\nB. 4\nC. 5", "B. 4 (CORRECT)\nC. 5"), ("哪个是偶数？\nA、3\nB、4", "B、4 （正确）")],
)
async def test_the_right_option_is_marked(question: str, marked: str) -> None:
    """Where the gold is the letter of an option that the question lists."""
    ask = ScriptedAsk({"solve": "The answer is A.", "hint": "Half of 4 is 2. The answer is B."})

    rows = await try_recipe(Star(), {"question": question, "answer": "B"}, ask)

    assert fates(rows) == ["answer/wrong_answer", "accepted"]
    assert marked in ask.asked[1][3].messages[-1]["content"]


@pytest.mark.parametrize(
    ("lang", "said"),
    [("en", "The given answer is 19, so 24 - 5 = 19. The answer is 19."), ("zh", "已知答案是19，所以 24 - 5 = 19。答案是19。")],
)
async def test_a_solution_that_speaks_of_the_hint(lang: str, said: str) -> None:
    """It would teach to refer to what the question does not hold."""
    rows = await try_recipe(Star(), dict(SEEDS)[lang], {"solve": WRONG[lang], "hint": said})

    assert fates(rows)[1] == "hint/mentions_hint"


@pytest.mark.parametrize(("reply", "reason"), BROKEN)
async def test_replies_that_are_none(reply: Any, reason: str) -> None:
    """In either call; the first leaves the second to be tried."""
    rows = await try_recipe(Star(), EN, {"solve": reply, "hint": reply})

    assert fates(rows) == [f"solve/{reason}", f"hint/{reason}"]
    assert set(fates(rows)) <= set(Star.card.rejects)


async def test_the_call_with_the_hint_out_of_reach() -> None:
    """What was paid before stays on record; without hints it is not tried."""
    rows = await try_recipe(Star(), EN, {"solve": WRONG["en"], "hint": LOST})
    none = await try_recipe(Star(hints=0), EN, {"solve": WRONG["en"]})

    assert fates(rows) == ["answer/wrong_answer", "hint/call_failed"]
    assert fates(none) == ["answer/wrong_answer"]


def test_impossible_options_are_configuration_errors() -> None:
    """Named at once."""
    with pytest.raises(ConfigError, match="hints"):
        Star(hints=-1)
