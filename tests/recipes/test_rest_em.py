from __future__ import annotations

from typing import Any

import pytest

from stream_synth.recipes.rest_em import RestEm
from stream_synth.recipes.shared.scripted import ScriptedAsk, try_recipe
from stream_synth.values import Sample
from tests.recipes.solutions import BROKEN, LOST, RIGHT, SEEDS, WRONG, fates


@pytest.mark.parametrize(("lang", "seed"), SEEDS)
async def test_right_solutions_up_to_keep(lang: str, seed: dict[str, str]) -> None:
    """Sampled as in the paper; a wrong one and one without an answer are told apart; a lost call is no solution."""
    ask = ScriptedAsk({"solve": [RIGHT[lang], WRONG[lang], LOST, "?", RIGHT[lang], RIGHT[lang]]})

    rows = await try_recipe(RestEm(samples=6, keep=2), seed, ask)

    assert fates(rows) == ["accepted", "answer/wrong_answer", "answer/no_answer", "accepted", "keep/over_keep"]
    first = rows[0]
    assert isinstance(first, Sample)
    assert (first.prompt, first.response, first.score, first.lang) == (seed["question"], RIGHT[lang], 1.0, lang)
    assert (first.meta["attempts"], first.meta["got"]) == (6, "19")
    assert set(first.meta) <= set(RestEm.card.meta_keys)
    assert ask.asked[0][3].params == {"temperature": 0.7, "top_k": 40}
    assert "\\boxed{}" in ask.asked[0][3].messages[-1]["content"]


@pytest.mark.parametrize(("reply", "reason"), BROKEN)
async def test_replies_that_are_none(reply: Any, reason: str) -> None:
    """Named, and on the card."""
    rows = await try_recipe(RestEm(samples=1), SEEDS[0][1], {"solve": reply})

    assert fates(rows) == [f"solve/{reason}"]
    assert f"solve/{reason}" in RestEm.card.rejects


async def test_own_check() -> None:
    """It looks at right solutions, before `keep`."""
    recipe = RestEm(samples=2, keep=1, verify={"call": "tests.recipes.checks:is_short"})

    rows = await try_recipe(recipe, SEEDS[0][1], {"solve": [RIGHT["en"], "The answer is 19."]})

    assert fates(rows) == ["verify/too_long", "accepted"]
