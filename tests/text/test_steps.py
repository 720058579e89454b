from __future__ import annotations

import pytest

from stream_synth.text.steps import steps_of, sub_questions

EN = "Step 1: 4 × 6 = 24.\nSo 24 jars.\n\nStep 2: 24 - 5 = 19.\nThe answer is 19."
ZH = "第一步：4 × 6 = 24。\n**步骤2：** 24 - 5 = 19。\n答案是19。"


@pytest.mark.parametrize(
    ("solution", "starts"), [(EN, ["Step 1", "Step 2"]), (ZH, ["第一步", "**步骤2"]), ("a = 1\n\nb = 2\n", ["a", "b"])]
)
def test_steps_are_those_that_the_writer_marked(solution: str, starts: list[str]) -> None:
    """Else lines; joined they are the solution."""
    steps = steps_of(solution)

    assert [step.startswith(start) for step, start in zip(steps, starts, strict=True)] == [True] * len(starts)
    assert "".join(steps) == solution


def test_an_introduction_belongs_to_the_first_step() -> None:
    """No text is lost."""
    assert steps_of(f"Let us see.\n{EN}")[0].startswith("Let us see.\nStep 1")
    assert steps_of("") == []


@pytest.mark.parametrize(
    ("solution", "pairs"),
    [
        (
            "Sub-question 1: How many?\nSub-answer 1: 24.\n**Subquestion 2:** Full?\n**Subanswer 2:** 19.",
            [("How many?", "24."), ("Full?", "19.")],
        ),
        ("子问题1：一共几个？\n子答案1：24个。\n子问题2：满的呢？\n子答案2：19个。", [("一共几个？", "24个。"), ("满的呢？", "19个。")]),
        ("Sub-question 1: How many?\nThe answer is 24.", []),
        ("Sub-question 1: How many?\nSub-answer 1: 24.\nSub-question 3: Full?\nSub-answer 3: 19.", []),
    ],
)
def test_sub_questions_come_with_their_answers(solution: str, pairs: list[tuple[str, str]]) -> None:
    """All of them in order, or none."""
    assert sub_questions(solution) == pairs
