from __future__ import annotations

import time

import pytest

from stream_synth.verify import miscalculations


@pytest.mark.parametrize(
    ("text", "equation", "value"),
    [
        ("She pays 12 × 8 = 97 dollars.", "12 * 8 = 97", "96"),
        ("所以一共有 36 × 12 ＝ 431 瓶。", "36 * 12 = 431", "432"),
        ("Half of it is <<48/2=25>>25.", "48/2 = 25", "24"),
        ("$$\\frac{1}{2} + \\frac{1}{4} = \\frac{2}{3}$$", "((1)/(2)) + ((1)/(4)) = ((2)/(3))", "0.75"),
        ("1. 3 + 4 = 8", "3 + 4 = 8", "7"),
        ("2 + 3 = 5 + 4 = 9", "2 + 3 = 5 + 4", "5"),
        ("1,200 - 300 = $800", "1200 - 300 = 800", "900"),
        ("2^10 = 1000", "2^10 = 1000", "1024"),
        ("0.1 + 0.2 = 0.31", "0.1 + 0.2 = 0.31", "0.3"),
        ("10 ÷ 4 = 3", "10 / 4 = 3", "2.5"),
        ("20% × 50 = 12", "20% * 50 = 12", "10"),
    ],
)
def test_a_wrong_calculation_is_named_with_its_value(text: str, equation: str, value: str) -> None:
    """In either language, in LaTeX, and in the middle of a chain."""
    (wrong,) = miscalculations(text)

    assert (wrong.equation, wrong.value) == (equation, value)


@pytest.mark.parametrize(
    "text",
    [
        "12 × (8 + 2) = 12 × 10 = 120, so she pays $120.",
        "10 / 3 = 3.33, and 2 / 3 = 0.66; 15 / 60 = 25%, 15 / 60 * 100 = 25%",
        "一共是 3×4=12（元），每人 12÷4=3元。",
        "2000 / 2/3 = 3000 and $1\\frac{1}{2} + 1 = 2.5$",
        "2^{2}5^{2} = 100 and 5² + 2 = 27",
    ],
)
def test_right_calculations_pass(text: str) -> None:
    """Rounded or cut off at the last place that is written; percentages with or without the sign."""
    assert miscalculations(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "2x + 3 = 7, n^2 + 1 = 9, f(2) - 1 = 3, \\sqrt{9} + 1 = 5",
        "5 apples + 3 apples = 9 apples",
        "17 ÷ 5 = 3 R 2, 17 ÷ 5 = 3……2, 17 ÷ 5 = 3 余 2",
        "a third of 9 + 1 = 4, the square root of 9 + 1 = 5, 16 的平方根 4 + 1",
        "50 + 20% = 60, 12 x 1 and 1/4 = 15, 4 / 3 = 1 and 1/3, $1 / 2 = 50 cents",
        "3 * 2 = 6 million, 0900-0130 = 0730, 2 + 3 = 5x, 5 + 2 = 2!",
        "x == 3 + 4, 3 + 4 <= 8, 3 + 4 ≈ 8",
        "",
    ],
)
def test_what_is_not_plain_arithmetic_is_passed_over(text: str) -> None:
    """Letters, functions, remainders, units between the numbers, clocks."""
    assert miscalculations(text) == []


@pytest.mark.parametrize("text", ["1+" * 50_000 + "1=2", "9^9^9^9 + 1 = 2", "=" * 100_000, "(" * 100_000 + "=1", "1 = " * 30_000])
def test_hostile_text_takes_no_time(text: str) -> None:
    """Nothing is computed that grows."""
    started = time.monotonic()

    miscalculations(text)

    assert time.monotonic() - started < 2.0
