from __future__ import annotations

from typing import Any

import pytest

from stream_synth.errors import ConfigError
from stream_synth.recipes.rest_em import RestEm
from stream_synth.recipes.shared.scripted import try_recipe
from stream_synth.recipes.shared.solving import Labelled, Solving, read_labelled
from stream_synth.values import Rejected, Seed
from tests.recipes.solutions import ZH, fates


@pytest.mark.parametrize(
    ("fields", "gold"),
    [
        ({"answer": "48/2 = 24\n#### 24"}, ("24",)),
        ({"answer": 24}, ("24",)),
        ({"answer": ["24", "两打"]}, ("24", "两打")),
        ({"answer": ["3", "-3"], "answer_kind": "set"}, ("3, -3",)),
    ],
)
def test_gold_is_read_as_it_is_written(fields: dict[str, Any], gold: tuple[str, ...]) -> None:
    """Marked, short, several that are right, or one with several parts."""
    problem = read_labelled(Seed("s", {"question": "How many?", **fields}))

    assert isinstance(problem, Labelled)
    assert problem.gold == gold


@pytest.mark.parametrize(
    "fields",
    [{}, {"answer": " "}, {"answer": "因为大家都这样说，所以我也这样说，你看着办。"}, {"answer": "24", "answer_kind": "open"}],
)
def test_an_answer_that_no_rule_can_compare_costs_no_call(fields: dict[str, Any]) -> None:
    """None, prose, or one that the row itself calls open."""
    problem = read_labelled(Seed("s", {"question": "How many?", **fields}))

    assert isinstance(problem, Rejected)
    assert (problem.step, problem.reason) == ("seed", "no_gold")


def test_keeping_none_is_a_configuration_error() -> None:
    """Named at once."""
    with pytest.raises(ConfigError, match="keep"):
        Solving(keep=0)


async def test_a_wrong_calculation_on_the_way_to_the_right_answer() -> None:
    """Only where the calculator is switched on; the equation is in evidence."""
    said = {"solve": ["4 × 6 = 25 个，所以是\\boxed{19}。", "4 × 6 = 24 个，所以是\\boxed{19}。"]}

    off = await try_recipe(RestEm(samples=2), ZH, said)
    on = await try_recipe(RestEm(samples=2, calculator=True), ZH, said)

    assert fates(off) == ["accepted", "accepted"]
    assert fates(on) == ["calculator/miscalculated", "accepted"]
    assert isinstance(on[0], Rejected)
    assert on[0].evidence["equations"] == [{"equation": "4 * 6 = 25", "value": "24"}]
