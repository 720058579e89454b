from __future__ import annotations

from typing import Any

import pytest

from stream_synth.errors import ConfigError
from stream_synth.recipes.quality_label import QualityLabel
from stream_synth.recipes.shared.scripted import ScriptedAsk, try_recipe
from stream_synth.values import Completion, Rejected, Sample


@pytest.mark.parametrize(
    ("text", "reply", "score", "lang"),
    [("How tides work.", "Clear.\nScore: 4", 4.0, "en"), ("潮汐的成因。", "有条理。\n**分数**：2.5 分", 2.5, "zh")],
)
async def test_a_text_gets_its_label(text: str, reply: str, score: float, lang: str) -> None:
    """The row is the text, its score the label, the reason in meta; the model is asked at temperature 0."""
    ask = ScriptedAsk({"rate": Completion(reply, model="m", cost_usd=1.0)})

    (row,) = await try_recipe(QualityLabel(), {"text": text}, ask)

    assert isinstance(row, Sample)
    assert (row.prompt, row.response, row.score, row.lang, row.dedup_on) == ("", text, score, lang, "response")
    assert (row.meta["label"], row.meta["judge"], row.meta["analysis"], row.cost_usd) == ("model", "m", reply, 1.0)
    assert ask.asked[0][3].params["temperature"] == 0.0
    assert set(row.meta) <= set(QualityLabel.card.meta_keys)


async def test_several_ratings_make_their_mean() -> None:
    """Each is kept; one that cannot be read spoils the label."""
    good = await try_recipe(QualityLabel(samples=3), {"text": "t"}, {"rate": ["Score: 1", "Score: 2", "Score: 5"]})
    spoilt = await try_recipe(QualityLabel(samples=2), {"text": "t"}, {"rate": ["Score: 1", "Score: six"]})

    assert isinstance(good[0], Sample)
    assert (good[0].score, good[0].meta["ratings"]) == (2.667, [1.0, 2.0, 5.0])
    assert isinstance(spoilt[0], Rejected)
    assert f"{spoilt[0].step}/{spoilt[0].reason}" == "rate/unreadable_score"


async def test_only_the_beginning_is_rated_and_kept() -> None:
    """The row must be what the model saw."""
    ask = ScriptedAsk({"rate": "Score: 1"})

    (row,) = await try_recipe(QualityLabel(max_chars=5), {"text": "abcdefgh"}, ask)

    assert isinstance(row, Sample)
    assert row.response == "abcde"
    assert "abcdef" not in str(ask.asked[0][3].messages)


async def test_a_known_label_costs_no_call() -> None:
    """Random pages are negatives without a model."""
    (row,) = await try_recipe(QualityLabel(), {"text": "buy pans", "score": 0}, {})

    assert isinstance(row, Sample)
    assert (row.score, row.meta["label"]) == (0.0, "given")


@pytest.mark.parametrize(
    ("fields", "reason"), [({"text": " "}, "no_text"), ({"text": "t", "score": 9}, "bad_score"), ({"text": "t", "score": "x"}, "bad_score")]
)
async def test_unfit_seeds(fields: dict[str, Any], reason: str) -> None:
    """Rejected before any call."""
    (row,) = await try_recipe(QualityLabel(), fields, {})

    assert isinstance(row, Rejected)
    assert (row.step, row.reason) == ("seed", reason)


@pytest.mark.parametrize(
    "reply", ["No number.", "Score: 7", "Score: 3-4", "Score: 1\nScore: 2", Completion("Score: 3", finish_reason="length")]
)
async def test_a_rating_that_is_none(reply: Any) -> None:
    """No number, another range, two numbers, half a reply."""
    (row,) = await try_recipe(QualityLabel(), {"text": "t"}, {"rate": reply})

    assert isinstance(row, Rejected)
    assert row.reason == "unreadable_score"


async def test_own_check_and_impossible_option() -> None:
    """The expert has the last word."""
    (row,) = await try_recipe(QualityLabel(verify={"call": "tests.recipes.checks:is_short"}), {"text": "t" * 50}, {"rate": "Score: 3"})

    assert isinstance(row, Rejected)
    assert row.step == "verify"
    with pytest.raises(ConfigError, match="max_chars"):
        QualityLabel(max_chars=0)
