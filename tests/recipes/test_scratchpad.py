from __future__ import annotations

from random import Random

from stream_synth.recipes.arithmetic.scratchpad import Addition, draw, write

SUM = Addition(128, 367, 3, 1)


def test_draws_have_their_length_and_carries() -> None:
    """Counted anew from the numbers."""
    for number in range(500):
        addition = draw(Random(number), 6)

        counted = sum(addition.left % 10**place + addition.right % 10**place >= 10**place for place in range(1, 13))
        assert (len(str(addition.left)), len(str(addition.right)), counted) == (addition.digits, addition.digits, addition.carries)


def test_four_formats_in_english() -> None:
    """Each ends in the equation."""
    assert write(SUM, "plain", "en") == "128 + 367 = 495"
    assert write(SUM, "reversed", "en") == "128 + 367 → 594 (ones first)\n128 + 367 = 495"
    assert write(SUM, "simplified", "en") == ("ones: digit 5, carry 1\ntens: digit 9, carry 0\nhundreds: digit 4, carry 0\n128 + 367 = 495")
    assert "Ones: 8 + 7 + carry 0 = 15, write 5, carry 1. So far 5." in write(SUM, "detailed", "en")


def test_four_formats_in_chinese() -> None:
    """The same work in Chinese; a last carry goes in front."""
    assert write(SUM, "reversed", "zh") == "128 + 367 → 594（从个位写起）\n128 + 367 = 495"
    assert "十位：写 9，进 0" in write(SUM, "simplified", "zh")
    assert "最高位的进位 1 写在最前面。" in write(Addition(9, 9, 1, 1), "detailed", "zh")
