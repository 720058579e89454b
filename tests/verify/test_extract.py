"""Final answers found in solutions."""

from __future__ import annotations

import pytest

from stream_synth.verify import final_answer, gold_answer, only_number

FOUND = [
    (r"so $\boxed{\frac{1}{2}}$.", r"\frac{1}{2}", "boxed"),
    (r"\boxed{1} then \boxed{\text{a {b} c}}", r"\text{a {b} c}", "boxed"),
    (r"we get \boxed 5 here", "5", "boxed"),
    (r"\boxed{\{1, 2\}}", r"\{1, 2\}", "boxed"),
    ("2 + 2\n#### 4", "4", "hashes"),
    ("The answer is 18.", "18", "stated"),
    ("The answer is 18, because she sells 3 eggs.", "18", "stated"),
    ("The answer is 9 * 2 = 18.", "18", "stated"),
    ("The final answer is: **$1,234.50**.", "$1,234.50", "stated"),
    ("**Answer:** (A) 5 cm", "(A) 5 cm", "stated"),
    ("## Final Answer\n\n42", "42", "stated"),
    ("答案是18。", "18", "stated"),
    ("最终答案：18 元", "18 元", "stated"),
    ("最终答案：１８", "１８", "stated"),
    ("答案是18个苹果，因为每人两个。", "18个苹果", "stated"),
    ("所以答案选 A", "A", "stated"),
    ("综上，故选B。", "B", "stated"),
    ("正确答案为：C、北京", "C、北京", "stated"),
    ("Given that the answer is 2, we get 100/Z = 2, so Z is 50.", "50", "last_number"),
    ("已知答案是 2，所以 Z 就等于 50", "50", "last_number"),
    ("所以一共有 45 个苹果", "45", "last_number"),
    ("It costs $1,200 in all", "$1,200", "last_number"),
    ("The answer is \\frac{1}{5!} and that is all!", "\\frac{1}{5!} and that is all", "stated"),
]


@pytest.mark.parametrize(("text", "answer", "how"), FOUND)
def test_answer_is_found(text: str, answer: str, how: str) -> None:
    """Boxed, marked, stated in either language, or at last the last number."""
    found = final_answer(text)

    assert found is not None
    assert (found.text, found.how, found.guessed) == (answer, how, how == "last_number")


@pytest.mark.parametrize("text", ["", "没有", "I do not know.", r"\boxed{", r"\boxed{}"])
def test_no_answer_is_none(text: str) -> None:
    """A text without any answer has none."""
    assert final_answer(text) is None


@pytest.mark.parametrize(
    ("field", "answer"),
    [
        ("48/2 = <<48/2=24>>24 clips.\n#### 72", "72"),
        (r"Thus $\boxed{x^2}$.", "x^2"),
        ("72", "72"),
        ("18 元", "18 元"),
        ("B", "B"),
        ("Answer: B", "B"),
        ("答案：北京", "北京"),
        ("The answer is: 5", "5"),
    ],
)
def test_gold_is_read_from_the_answer_field(field: str, answer: str) -> None:
    """Marked golds and short fields are exact answers."""
    found = gold_answer(field)

    assert found is not None
    assert found.text == answer


@pytest.mark.parametrize(
    "field",
    [
        "",
        "保持健康需要均衡饮食、适量运动，并且每天睡足八个小时。",
        "Eat well, sleep 8 hours a night and take a walk each day if you can.",
        "one\ntwo",
    ],
)
def test_prose_is_no_gold(field: str) -> None:
    """An open answer cannot be compared."""
    assert gold_answer(field) is None


def test_hostile_text_takes_no_time() -> None:
    """A hundred kilobytes of openings stay bounded."""
    for text in (r"\boxed{" * 15_000, "answer is " * 10_000, "#### " * 20_000, "1," * 50_000, "{" * 100_000, "9" * 100_000):
        final_answer(text)


def test_spoken_answer_may_hold_one_number() -> None:
    """A sentence with two numbers leaves open which one is meant."""
    assert only_number("that she sold 72 clips") == "72"
    assert only_number("72 of 100 clips") == only_number("none at all") == ""
