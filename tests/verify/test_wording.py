from __future__ import annotations

import pytest

from stream_synth.verify import same_words


@pytest.mark.parametrize(
    ("got", "expected"),
    [("The Tave Observatory.", "Tave observatory"), ("1,000", "1000"), ("一袋枇杷。", "一袋枇杷"), ("“七月”", "七月"), ("50%", "0.5")],
)
def test_same_answers(got: str, expected: str) -> None:
    """Articles, case, punctuation and spellings of a number are no difference."""
    assert same_words(got, expected)


@pytest.mark.parametrize(("got", "expected"), [("red", "green"), ("...", "the"), ("八月", "七月"), ("-5", "5"), ("two plums", "plums")])
def test_other_answers(got: str, expected: str) -> None:
    """Another word is another answer; punctuation alone is none."""
    assert not same_words(got, expected)
