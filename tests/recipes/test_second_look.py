from __future__ import annotations

from typing import Any

import pytest

from stream_synth.recipes.distill import Distill
from stream_synth.recipes.reasoning import Reasoning
from stream_synth.recipes.rest_em import RestEm
from stream_synth.recipes.shared.scripted import try_recipe
from stream_synth.values import Completion, Rejected, Sample

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


async def test_what_algebra_finds_right_is_refined_too() -> None:
    """No row of `refine` skips the rewriting; the new answer is looked at by itself, whatever was found of the first."""
    thought = "斜率是2，过原点，所以纵坐标是横坐标的两倍。"
    steps: dict[str, Any] = {"solve": Completion("答案是\\boxed{2y=4x}。", thought), "refine": thought}

    (kept,) = await try_recipe(Reasoning(refine=True), LINE, {**steps, "summarise": "答案是\\boxed{3y=6x}。"})
    (lost,) = await try_recipe(Reasoning(refine=True), LINE, {**steps, "summarise": "答案是\\boxed{2y=5x}。"})

    assert isinstance(kept, Sample)
    assert (kept.meta["refined"], kept.meta["verified"], kept.meta["equal_by"]) == (True, "rule", "algebra")
    assert isinstance(lost, Rejected)
    assert (lost.reason, lost.evidence["algebra"]) == ("wrong_answer", ["different"])


async def test_numbers_are_not_looked_at_again() -> None:
    """Rules compare them exactly."""
    (row,) = await try_recipe(RestEm(samples=1), {"question": "1 + 1?", "answer": "2"}, {"solve": "\\boxed{3}"})

    assert isinstance(row, Rejected)
    assert "algebra" not in row.evidence
