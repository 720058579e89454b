from __future__ import annotations

import pytest

from stream_synth.verify.computed import printed_answer, same_result


@pytest.mark.parametrize(
    ("printed", "gold", "same"),
    [
        ("17", "17", True),
        ("17.0", "17 枚", True),
        ("0.30000000000000004", "0.3", True),
        ("0.3333333333333333", "1/3", True),
        ("3.3333333333333335", "3.33", True),
        ("3.34", "3.33", False),
        ("10001", "10000", False),
        ("9999.99", "10000", False),
        ("2.4", "2", False),
        ("[1, 2]", "1, 2", True),
        ("{2, 1}", "1, 2", True),
        ("[1, 3]", "1, 2", False),
        ("Fraction(1, 3)", "1/3", False),
        ("sqrt(2)/2", "\\frac{\\sqrt{2}}{2}", True),
        ("None", "7", False),
        ("", "7", False),
    ],
)
def test_as_computers_print(printed: str, gold: str, *, same: bool) -> None:
    """Noise and further digits are forgiven, another value is not."""
    assert same_result(printed, gold) == same


@pytest.mark.parametrize(
    ("output", "answer"),
    [("1\n2\n\n", "2"), ("答案：18\n", "18"), ("Answer: 7", "7"), ("共有: 12 棵", "12 棵"), ("\n", ""), ("12:30", "12:30")],
)
def test_last_line_counts(output: str, answer: str) -> None:
    """Without its label."""
    assert printed_answer(output) == answer
