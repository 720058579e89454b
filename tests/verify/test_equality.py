"""Answers compared."""

from __future__ import annotations

import pytest

from stream_synth.verify import final_answer, gold_answer, same_answer

EQUAL = [
    ("18", "18.0"),
    ("１８", "18"),
    ("$1,234", "1234"),
    (r"\$15,\!000", "15000"),
    ("1/2", "0.5"),
    (r"\frac12", ".5"),
    (r"\dfrac{1}{2}", r"\frac{1}{2}"),
    (r"1\frac{1}{2}", "1.5"),
    ("1 1/2", "3/2"),
    ("-1/2", r"-\frac{1}{2}"),
    ("50%", "0.5"),
    (r"50\%", "50"),
    ("百分之五十", "50%"),
    ("三分之二", "2/3"),
    ("十二", "12"),
    ("一百二十三万", "1230000"),
    ("两百个", "200"),
    ("负三点五", "-3.5"),
    ("3.5 million", "3,500,000"),
    ("3万", "30000"),
    ("18 元", "18"),
    ("5千米", "5"),
    ("10 cm^2", "10"),
    ("45 degrees", r"45^\circ"),
    ("0.3333", "1/3"),
    ("1e5", "100000"),
    (r"3 \times 10^5", "300000"),
    ("x = 5", "5"),
    ("(A)", "A"),
    ("A. 5 cm", "A"),
    ("B、北京", "B"),
    ("A, C", "AC"),
    (r"\{1,2\}", "2, 1"),
    ("1 and 2", "2,1"),
    ("苹果和梨", "梨、苹果"),
    ("(1, 2)", "(1,2)"),
    ("(0.5, 2]", r"\left(\frac{1}{2}, 2\right]"),
    (r"x \in [1,2]", "[1,2]"),
    (r"(-\infty,1)\cup(2,\infty)", r"(2,\infty) \cup (-\infty,1)"),
    (r"3\pm\sqrt2", r"3+\sqrt{2}, 3-\sqrt{2}"),
    (r"2\sqrt{3}", r"\sqrt{12}"),
    ("(x+1)^2", "x^2+2x+1"),
    (r"3\pi\text{ cm}", r"3\pi"),
    ("9^{9^{9^9}}", "9^{9^{9^9}}"),
    ("Paris", "paris"),
]
DIFFERENT = [
    ("18", "19"),
    ("5", "-5"),
    ("0.33", "1/3"),
    ("5 km", "5 m"),
    ("440 cm^2", "440 cm^3"),
    ("3s^2", "3s^3"),
    ("A", "B"),
    ("[1,2)", "[1,2]"),
    ("(1,2)", "(2,1)"),
    ("1,3", "1,2"),
    ("1,000", "1, 0"),
    ("1, 2, 3", "1, 2"),
    (r"2\sqrt{3}", r"3\sqrt{2}"),
    ("x^2+1", "x^2+2"),
    ("9^{9^{9^9}}", "1"),
    ("9^{9^{9^9}}", "9^{9^{9^8}}"),
    ("1/0", "0"),
    ("1e999999999", "5"),
    ("on", "no"),
    ("even", "odd"),
    ("一般", "1"),
    ("十分", "10"),
    ("", ""),
    (" ", "5"),
]


@pytest.mark.parametrize(("got", "expected"), EQUAL)
def test_spellings_of_one_answer_are_equal(got: str, expected: str) -> None:
    """Whatever the width, unit, notation or order."""
    assert same_answer(got, expected)


@pytest.mark.parametrize(("got", "expected"), DIFFERENT)
def test_other_answers_are_not_equal(got: str, expected: str) -> None:
    """Near misses, other units, other brackets, and what cannot be computed."""
    assert not same_answer(got, expected)
    assert not same_answer(expected, got)


@pytest.mark.parametrize(
    "hostile",
    ["9" * 100_000, "(" * 500, "^".join(["9"] * 200), "9^{" * 150 + "9" + "}" * 150, "一" * 500, "\\frac{1" * 80, ",".join("1" * 250)],
)
def test_hostile_answers_take_no_time(hostile: str) -> None:
    """Towers of powers, nesting and length end in an answer at once."""
    assert not same_answer(hostile, "1")
    assert same_answer(hostile, hostile)


GOLDS = [
    "72",
    "1,200",
    "0.5",
    "-3",
    r"\frac{3}{4}",
    r"2\sqrt{3}",
    r"x^2-1",
    "(1,2)",
    r"[0,\infty)",
    r"\text{even}",
    "A",
    "40\\%",
    "北京",
    "10\\text{ cm}^2",
]
FORMS = ["We get $\\boxed{%s}$.", "3 + 4\n#### %s", "In 12 steps. The answer is %s.", "算了12步，所以答案是%s。", "共12步。\n最终答案：%s"]


@pytest.mark.parametrize("gold", GOLDS)
@pytest.mark.parametrize("form", FORMS)
def test_gold_equals_itself_in_every_form(form: str, gold: str) -> None:
    """What a solution states is found and is equal to the gold answer, and not to another one."""
    found = final_answer(form % gold)

    assert found is not None
    assert same_answer(found.text, gold)
    assert not same_answer(found.text, "4711")


def test_gold_of_a_data_set_is_compared_by_its_mark() -> None:
    """The long answer of GSM8K counts for what stands behind its mark."""
    gold = gold_answer("She sold 48/2 = <<48/2=24>>24 clips in May.\n#### 72")

    assert gold is not None
    assert same_answer("７２ 元", gold.text)
