from __future__ import annotations

from typing import Any

import pytest

from stream_synth.errors import ConfigError
from stream_synth.recipes.self_consistency import FORMATS, SelfConsistency
from stream_synth.recipes.shared.scripted import try_recipe
from stream_synth.values import Rejected, Sample
from tests.recipes.solutions import BROKEN, RIGHT, SEEDS, WRONG, fates


@pytest.mark.parametrize(("lang", "seed"), SEEDS)
async def test_the_majority_stays(lang: str, seed: dict[str, str]) -> None:
    """However the answer is spelt; a solution without one is no vote but lowers the share."""
    other = {"en": "So there are \\boxed{19.0}.", "zh": "答案是十九。"}[lang]

    rows = await try_recipe(SelfConsistency(samples=4), seed, {"solve": [RIGHT[lang], WRONG[lang], other, "?"]})

    assert fates(rows) == ["accepted", "vote/minority", "accepted", "vote/no_answer"]
    first = rows[0]
    assert isinstance(first, Sample)
    assert (first.score, first.meta["votes"], first.meta["majority_right"]) == (0.5, {"19": 2, "24": 1}, True)
    assert set(first.meta) <= set(SelfConsistency.card.meta_keys)


async def test_the_seeds_own_answer_rejects_nothing() -> None:
    """It is only noted that the majority disagrees."""
    (row, _) = await try_recipe(SelfConsistency(samples=2), SEEDS[0][1], {"solve": WRONG["en"]})

    assert isinstance(row, Sample)
    assert row.meta["majority_right"] is False


@pytest.mark.parametrize(("min_share", "fate"), [(0.5, "accepted"), (0.51, "vote/low_share")])
async def test_least_share(min_share: float, fate: str) -> None:
    """Of all solutions, not of the votes."""
    rows = await try_recipe(SelfConsistency(samples=2, min_share=min_share), SEEDS[0][1], {"solve": [RIGHT["en"], "?"]})

    assert fates(rows) == [fate, "vote/no_answer"]


async def test_a_tie_has_no_majority() -> None:
    """Neither of two answers with a vote each."""
    rows = await try_recipe(SelfConsistency(samples=2), SEEDS[1][1], {"solve": [RIGHT["zh"], WRONG["zh"]]})

    assert fates(rows) == ["vote/tie", "vote/tie"]


@pytest.mark.parametrize(("guesses", "fate"), [(False, "vote/no_answer"), (True, "accepted")])
async def test_a_last_number_is_a_guess(guesses: bool, fate: str) -> None:  # noqa: FBT001
    """It votes only when it may."""
    rows = await try_recipe(SelfConsistency(samples=2, guesses=guesses), SEEDS[0][1], {"solve": "24 - 5 makes 19 jars"})

    assert fates(rows) == [fate, fate]


@pytest.mark.parametrize(("lang", "seed"), SEEDS)
async def test_rows_ask_in_several_formats(lang: str, seed: dict[str, str]) -> None:
    """In turn; the direct ones hold the answer alone, those with examples end where the answer begins."""
    rows = await try_recipe(SelfConsistency(samples=5, formats=FORMATS), seed, {"solve": RIGHT[lang]})

    taught = [row for row in rows if isinstance(row, Sample)]
    assert [row.meta["format"] for row in taught] == list(FORMATS)
    assert [row.response == "19" for row in taught] == [False, False, True, False, True]
    assert all(seed["question"] in row.prompt and row.prompt == row.messages[0]["content"] for row in taught)
    assert len({row.prompt for row in taught}) == 5


@pytest.mark.parametrize(("reply", "reason"), BROKEN)
async def test_replies_that_are_none(reply: Any, reason: str) -> None:
    """They do not vote."""
    rows = await try_recipe(SelfConsistency(samples=2), SEEDS[0][1], {"solve": [reply, RIGHT["en"]]})

    assert fates(rows) == [f"solve/{reason}", "accepted"]


async def test_an_open_question_costs_no_call() -> None:
    """Equality cannot count its answers."""
    (row,) = await try_recipe(SelfConsistency(), {"question": "Why?", "answer_kind": "open"}, {})

    assert isinstance(row, Rejected)
    assert (row.step, row.reason) == ("seed", "open_answer")


@pytest.mark.parametrize("options", [{"samples": 1}, {"min_share": 2}, {"formats": ()}, {"formats": ("haiku",)}])
def test_impossible_options_are_configuration_errors(options: dict[str, Any]) -> None:
    """Named at once."""
    with pytest.raises(ConfigError, match=next(iter(options))):
        SelfConsistency(**options)
