from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from stream_synth.config import load
from stream_synth.engine.changes import compare
from stream_synth.engine.settings import Config
from stream_synth.errors import ConfigError
from stream_synth.recipes.escalating import Escalate, Escalating
from stream_synth.recipes.star import Star

ROWS = [{"question": "1 + 1?", "answer": "2"}]
ENDPOINT = {"base_url": "http://127.0.0.1:1/v1", "model": "m"}


def config(escalate: Any, roles: tuple[str, ...] = ("teacher", "stronger"), **recipe: Any) -> Config:
    """STaR, or what `recipe` says, with this second tier."""
    given = {"name": "star", **recipe, "escalate": escalate}
    return load({"recipe": given, "endpoints": dict.fromkeys(roles, ENDPOINT), "gates": []}, source=ROWS)


def test_the_recipe_is_put_into_two_tiers() -> None:
    """Its name, label and options stay its own; the resolved form loads to the same."""
    made = config({"to": "stronger", "on": ["wrong_answer"], "share": 0.2}, samples=3)

    again = load(dict(made.resolved), source=ROWS)

    (spec,) = made.recipes
    assert spec.label == "star"
    assert spec.recipe == Escalating(Star(samples=3), Escalate(to="stronger", on=("wrong_answer",), share=0.2))
    assert made.resolved["recipe"]["name"] == "star"
    assert again.recipes[0].recipe == spec.recipe
    assert again.config_hash == made.config_hash


def test_a_file_may_say_on(tmp_path: Path) -> None:
    """`on` is a word here, and stays one in the run directory's file."""
    path = tmp_path / "c.yaml"
    text = "recipe: {name: star, escalate: {to: big, on: [refused]}}\nendpoints: {teacher: &a {base_url: http://h/v1, model: m}, big: *a}\n"
    path.write_text(text, encoding="utf-8")

    made = load(path, source=ROWS)

    assert made.resolved["recipe"]["escalate"] == {"to": "big", "on": ["refused"], "share": 0.0}


def test_another_second_tier_needs_consent() -> None:
    """It changes whom seeds are asked of."""
    before, after = config({"to": "stronger"}), config({"to": "stronger", "share": 0.2})

    changes = compare(before.resolved, after.resolved)

    assert [change.key for change in changes.text] == ["recipe.escalate.share"]


@pytest.mark.parametrize(
    ("escalate", "recipe", "message"),
    [
        (
            {"to": "stronger", "on": ["wrong_anser"]},
            {},
            r"recipe\.escalate\.on\.0 'wrong_anser' is no reason .* did you mean wrong_answer\?",
        ),
        ({"on": ["wrong_answer"]}, {}, r"recipe\.escalate\.to is missing: role under endpoints:"),
        ({"to": "stronger", "sare": 1}, {}, r"recipe\.escalate\.sare is unknown; did you mean share\?"),
        ({"to": "strong"}, {}, r"endpoints\.strong is missing: recipe star escalates to it; did you mean stronger\?"),
        ({"to": "stronger"}, {"name": "arithmetic"}, r"recipe\.escalate has nobody to replace: recipe arithmetic asks no teacher"),
    ],
)
def test_what_does_not_fit_is_named(escalate: dict[str, Any], recipe: dict[str, Any], message: str) -> None:
    """Place and remedy."""
    with pytest.raises(ConfigError, match=message):
        config(escalate, **recipe)


def test_your_own_check_has_reasons_of_its_own() -> None:
    """No card knows them, so any word is taken."""
    made = config({"to": "stronger", "on": ["too_long"]}, verify={"call": "tests.recipes.checks:is_short"})

    assert isinstance(made.recipes[0].recipe, Escalating)
