from __future__ import annotations

import pytest

from stream_synth.verify import free_letter, masked, numbers_in, read_number


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("She pays $1,200.50 for 3/4 of the 12 boxes, 20% more than before.", ["1,200.50", "3/4", "12", "20"]),
        ("Three of the seven cats and half of the dogs", ["3", "7", "1/2"]),
        ("It is -5 degrees, then 7.", ["-5", "7"]),
        ("买了三十六个苹果和5万元的车，用去五分之二，又用去百分之五十", ["5万", "五十", "三十六", "五分之二"]),
        ("一半的人走了半小时，两人走了三点五千米", ["1/2", "1/2", "两", "三点五"]),
        ("温度是-5度，每箱12千克", ["-5", "12"]),
    ],
)
def test_numbers_are_found_with_their_values(text: str, values: list[str]) -> None:
    """Digits, number words and Chinese numerals; each value can be compared with an answer."""
    found = numbers_in(text)

    assert sorted(one.value for one in found) == sorted(values)
    assert [one.start for one in found] == sorted(one.start for one in found)
    assert all(read_number(one.value) for one in found)


@pytest.mark.parametrize(
    "text",
    [
        "The 3rd of them meets one of the others at 8:30 in room B12; no one else does.",
        "$x^2 + 5y$ and a seven-day week, two-thirds of it",
        "一起走的人十分高兴，买一送一，第三天",
        "四边形和三角形的半径，2021年3月5日上午8点",
        "一桶油，千万不要动，星期三",
    ],
)
def test_what_counts_nothing_is_left_alone(text: str) -> None:
    """Ordinals, clocks, dates, exponents, coefficients, and numerals inside other words."""
    assert numbers_in(text) == []


def test_a_number_is_hidden_where_it_stands() -> None:
    """Signs and units around it stay."""
    english, chinese = "It costs $1,200 or 20%.", "三十六箱，每箱8元"

    assert [masked(english, one, "x") for one in numbers_in(english)] == ["It costs $x or 20%.", "It costs $1,200 or x%."]
    assert [masked(chinese, one, "x") for one in numbers_in(chinese)] == ["x箱，每箱8元", "三十六箱，每箱x元"]


def test_the_letter_is_one_that_the_question_does_not_use() -> None:
    """A letter inside a word is free."""
    assert free_letter("Six boxes") == "x"
    assert free_letter("If x + 2 = 5, y is what?") == "z"


def test_no_text_takes_long() -> None:
    """A long run of digits or numerals is read once."""
    assert len(numbers_in("一" * 50_000 + "9" * 50_000 + "half" * 20_000)) < 50_000
