from __future__ import annotations

import pytest

from stream_synth.gates.numerals import numbers


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("he has 1,250 apples and 3.5 pears", [1250, 3.5]),
        ("twenty-five of the seventy two, then ten", [25, 72, 10]),
        ("one half, twice, a dozen", [2, 2, 12]),
        ("三十五个苹果和两万零三百元", [35, 20300]),
        ("二〇一二年有三亿五千万人", [2012, 350_000_000]),
        ("一些人，第一天", []),
        ("someone often wrote tension", []),
        ("", []),
    ],
)
def test_digits_and_words_give_values(text: str, values: list[float]) -> None:
    """English and Chinese, in reading order; one is no number."""
    assert numbers(text) == values
