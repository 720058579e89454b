from __future__ import annotations

from typing import Any

import pytest

from stream_synth.errors import ConfigError
from stream_synth.recipes.math_shepherd import MathShepherd
from stream_synth.recipes.shared.scripted import ScriptedAsk, try_recipe
from stream_synth.values import Completion, Sample
from tests.recipes.solutions import BROKEN, EN, LOST, RIGHT, SEEDS, WRONG, ZH, fates

STEPS = {
    "en": "Step 1: 4 × 6 = 24 jars.\nStep 2: 5 of them are empty.\nStep 3: 24 - 5 = 19, so it is \\boxed{19}.",
    "zh": "步骤1：一共 4 × 6 = 24 个。\n步骤2：其中5个是空的。\n步骤3：24 - 5 = 19，所以是\\boxed{19}。",
}


def script(lang: str, first: Any, second: Any, solution: str = "") -> dict[str, Any]:
    """One solution of three steps, with what goes on after the first and after the second."""
    return {"solve": solution or STEPS[lang], "complete/solve/0/1": first, "complete/solve/0/2": second}


@pytest.mark.parametrize(("lang", "seed"), SEEDS)
async def test_steps_are_labelled_by_what_goes_on_from_them(lang: str, seed: dict[str, str]) -> None:
    """Soft: the share that ends right; hard: any; the last by the solution's own answer."""
    right, wrong = RIGHT[lang], WRONG[lang]
    ask = ScriptedAsk(script(lang, [right, right, wrong, "?"], [wrong] * 4))

    (row,) = await try_recipe(MathShepherd(completions=4), seed, ask)

    assert isinstance(row, Sample)
    assert [(step["hard"], step["soft"]) for step in row.meta["steps"]] == [(1, 0.5), (0, 0.0), (1, 1.0)]
    assert (row.response, row.score, row.meta["correct"]) == (STEPS[lang], 0.0, True)
    assert row.prompt == seed["question"]
    assert set(row.meta) <= set(MathShepherd.card.meta_keys)
    begun = [request.messages[-1]["content"] for step, _, _, request in ask.asked if step == "complete/solve/0/2"]
    second = STEPS[lang].split("\n")[1]
    assert all(seed["question"] in asked and second in asked and "\\boxed{19}" not in asked for asked in begun)


async def test_a_wrong_solution_is_a_row_too() -> None:
    """A reward model learns from both."""
    (row,) = await try_recipe(
        MathShepherd(completions=1), ZH, script("zh", RIGHT["zh"], WRONG["zh"], STEPS["zh"].replace("\\boxed{19}", "\\boxed{24}"))
    )

    assert isinstance(row, Sample)
    assert [step["hard"] for step in row.meta["steps"]] == [1, 0, 0]
    assert row.meta["correct"] is False


async def test_a_reply_that_is_none_is_no_vote() -> None:
    """Nor is a lost call; without any vote a step has no label."""
    cut = BROKEN[0][0]

    (row,) = await try_recipe(MathShepherd(completions=3), EN, script("en", [RIGHT["en"], cut, LOST], RIGHT["en"]))
    none = await try_recipe(MathShepherd(completions=2), EN, script("en", RIGHT["en"], cut))
    lost = await try_recipe(MathShepherd(completions=2), EN, script("en", LOST, RIGHT["en"]))

    assert isinstance(row, Sample)
    assert row.meta["steps"][0]["soft"] == 1.0
    assert fates(none) == ["complete/no_votes"]
    assert fates(lost) == ["complete/call_failed"]


@pytest.mark.parametrize(("solution", "fate"), [("It is \\boxed{19}.", "steps/too_few"), (STEPS["en"], "steps/too_many")])
async def test_number_of_steps(solution: str, fate: str) -> None:
    """Found before any completion is paid."""
    rows = await try_recipe(MathShepherd(max_steps=2), EN, {"solve": solution})

    assert fates(rows) == [fate]


@pytest.mark.parametrize(("reply", "reason"), BROKEN)
async def test_replies_that_are_none(reply: Any, reason: str) -> None:
    """Named, and on the card."""
    rows = await try_recipe(MathShepherd(), EN, {"solve": reply})

    assert fates(rows) == [f"solve/{reason}"]
    assert f"solve/{reason}" in MathShepherd.card.rejects


async def test_completions_are_charged() -> None:
    """To the solution that they label."""
    paid = Completion(RIGHT["en"], cost_usd=1.0)

    (row,) = await try_recipe(MathShepherd(completions=2), EN, script("en", paid, paid))

    assert isinstance(row, Sample)
    assert row.cost_usd == 4.0


@pytest.mark.parametrize("options", [{"completions": 0}, {"max_steps": 1}])
def test_impossible_options_are_configuration_errors(options: dict[str, Any]) -> None:
    """Named at once."""
    with pytest.raises(ConfigError, match=next(iter(options))):
        MathShepherd(**options)
