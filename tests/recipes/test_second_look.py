from __future__ import annotations

from typing import Any

import pytest

from stream_synth.recipes.distill import Distill
from stream_synth.recipes.reasoning import Reasoning
from stream_synth.recipes.rest_em import RestEm
from stream_synth.recipes.shared.scripted import try_recipe
from stream_synth.values import Rejected, Sample

pytest.importorskip("math_verify", reason="the extra `maths` is not installed")
LINE = {"question": "写出过原点、斜率为2的直线的方程。", "answer": "$y=2x$"}


@pytest.mark.parametrize(
    ("recipe", "step"), [(RestEm(samples=2), "solve"), (Reasoning(samples=2), "solve"), (Distill(samples=2, compare="rule"), "answer")]
)
async def test_a_right_answer_in_another_form_is_kept(recipe: Any, step: str) -> None:
    """By every method that compares; a wrong one says that algebra agreed with the rules."""
    right, wrong = await try_recipe(recipe, LINE, {step: ["两边乘以2，答案是\\boxed{2y=4x}。", "答案是\\boxed{2y=5x}。"]})

    assert isinstance(right, Sample)
    assert right.meta["equal_by"] == "algebra"
    assert set(right.meta) <= set(recipe.card.meta_keys)
    assert isinstance(wrong, Rejected)
    assert (wrong.reason, wrong.evidence["algebra"]) == ("wrong_answer", ["different"])


async def test_numbers_are_not_looked_at_again() -> None:
    """Rules compare them exactly."""
    (row,) = await try_recipe(RestEm(samples=1), {"question": "1 + 1?", "answer": "2"}, {"solve": "\\boxed{3}"})

    assert isinstance(row, Rejected)
    assert "algebra" not in row.evidence
