"""Exact evaluation."""

from __future__ import annotations

from fractions import Fraction

import pytest

from stream_synth.verify import evaluate


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 + 2 × 3", Fraction(7)),
        ("(1 + 2) * 3", Fraction(9)),
        ("7 ÷ 2", Fraction(7, 2)),
        ("-2^2", Fraction(-4)),
        ("(-2)^2", Fraction(4)),
        ("2^3^2", Fraction(512)),
        ("2^-1", Fraction(1, 2)),
        ("0.1 + 0.2", Fraction(3, 10)),
        ("[1 + (2 − 3)] × 4", Fraction(0)),
    ],
)
def test_value_is_exact(text: str, value: Fraction) -> None:
    """Precedence, signs of either alphabet, and no floating point."""
    assert evaluate(text) == value


@pytest.mark.parametrize("text", ["", "1 +", "1 / 0", "2 apples", "(1", "1)", "9^9^9^9", "2^0.5", "9" * 600, "(" * 200, "9^4000"])
def test_what_is_no_arithmetic_or_too_much_is_none(text: str) -> None:
    """Nothing raises and nothing runs long."""
    assert evaluate(text) is None
