from __future__ import annotations

from typing import Any

import pytest

from stream_synth.recipes.shared.scripted import ScriptedAsk, try_recipe
from stream_synth.recipes.xwin_math import XwinMath
from stream_synth.values import Completion, Sample
from tests.recipes.solutions import BROKEN, EN, LOST, SEEDS, fates

NEW = {"en": "A bus has 9 rows of 4 seats, 7 of them broken. How many are sound?", "zh": "客车有9排座位，每排4个，坏了7个。好的有几个？"}
CHECK = {"en": "9 × 4 = 36, all is well.\n\n**Question:** {}", "zh": "9 × 4 = 36，没有问题。\n题目：{}"}
SOLUTION = {"en": "36 - 7 = 29, so \\boxed{29}.", "zh": "36 - 7 = 29，所以是\\boxed{29}。"}


def script(lang: str = "en", **steps: Any) -> dict[str, Any]:
    """Every call answered well but for `steps`."""
    return {"create": NEW[lang], "check/0": CHECK[lang].format(NEW[lang]), "solve/0": SOLUTION[lang], **steps}


@pytest.mark.parametrize(("lang", "seed"), SEEDS)
async def test_a_new_question_is_checked_and_solved(lang: str, seed: dict[str, str]) -> None:
    """The row holds the new question; the seed's is in meta; an answer of the seed plays no part."""
    ask = ScriptedAsk(script(lang))

    (row,) = await try_recipe(XwinMath(samples=1), seed, ask)

    assert isinstance(row, Sample)
    assert (row.prompt, row.response) == (NEW[lang], SOLUTION[lang])
    assert row.messages[0]["content"] == NEW[lang]
    assert (row.meta["original_question"], row.meta["mended"], row.meta["got"]) == (seed["question"], False, "29")
    assert set(row.meta) <= set(XwinMath.card.meta_keys)
    assert [step for step, _, _, _ in ask.asked] == ["create", "check/0", "solve/0"]


@pytest.mark.parametrize("lang", ["en", "zh"])
async def test_a_flawed_question_is_mended(lang: str) -> None:
    """The mended one is solved and taught; the one that was created is kept in meta."""
    mended = NEW[lang].replace("7", "8")
    ask = ScriptedAsk(script(lang, **{"check/0": CHECK[lang].format(mended)}))

    (row,) = await try_recipe(XwinMath(samples=1), dict(SEEDS)[lang], ask)

    assert isinstance(row, Sample)
    assert (row.prompt, row.meta["created"], row.meta["mended"]) == (mended, NEW[lang], True)
    assert mended in ask.asked[2][3].messages[-1]["content"]


@pytest.mark.parametrize(
    ("steps", "fate"),
    [
        ({"create": "INVALID"}, "create/invalid"),
        ({"create": EN["question"]}, "create/copied"),
        ({"create": LOST}, "create/call_failed"),
        ({"check/0": "Half a person would be left.\nINVALID"}, "check/invalid"),
        ({"check/0": "It looks fine to me."}, "check/unreadable"),
        ({"check/0": LOST}, "check/call_failed"),
        ({"solve/0": LOST}, "solve/call_failed"),
        ({"solve/0": "INVALID"}, "solve/invalid"),
        ({"solve/0": "Nobody can tell."}, "answer/no_answer"),
        ({"solve/0": "36 - 7 makes 29"}, "answer/no_answer"),
    ],
)
async def test_what_leads_to_no_row(steps: dict[str, Any], fate: str) -> None:
    """At each step, with its reason; a number that is not stated as the answer is none."""
    rows = await try_recipe(XwinMath(samples=1), EN, script(**steps))

    assert fates(rows) == [fate]
    assert fate in XwinMath.card.rejects


@pytest.mark.parametrize("step", ["create", "check/0", "solve/0"])
@pytest.mark.parametrize(("reply", "reason"), BROKEN)
async def test_replies_that_are_none(step: str, reply: Any, reason: str) -> None:
    """At each step; what was paid before stays on record."""
    paid = {name: Completion(text, cost_usd=1.0) for name, text in script().items()}

    (row,) = await try_recipe(XwinMath(samples=1), EN, script(**{**paid, step: reply}))

    assert fates([row]) == [f"{step.removesuffix('/0')}/{reason}"]
    assert not isinstance(row, Sample)
    assert row.sample.cost_usd == {"create": 0.0, "check/0": 1.0, "solve/0": 2.0}[step]


async def test_several_from_one_seed() -> None:
    """Each on its own; `keep` holds for all."""
    steps = script(create=[NEW["en"], "INVALID", NEW["en"].replace("9", "8")])
    steps |= {"check/2": CHECK["en"].format(NEW["en"].replace("9", "8")), "solve/2": "32 - 7 = 25, so \\boxed{25}."}

    rows = await try_recipe(XwinMath(samples=3), EN, steps)
    kept = await try_recipe(XwinMath(samples=3, keep=1), EN, steps)

    assert fates(rows) == ["accepted", "create/invalid", "accepted"]
    assert fates(kept) == ["accepted", "create/invalid", "keep/over_keep"]
