from __future__ import annotations

import pytest

from stream_synth.simulate.tokens import count, cut, is_chinese


@pytest.mark.parametrize(("text", "tokens"), [("", 0), ("a", 1), ("abcd", 1), ("abcde", 2), ("春天来了", 4), ("春天abcd来了", 5), ("é", 1)])
def test_tokens_are_counted_by_script(text: str, tokens: int) -> None:
    """Four Latin characters to one, one for a Chinese character."""
    assert count(text) == tokens


@pytest.mark.parametrize("text", ["The first of many sentences.", "春天来了，花都开了。", "mixed 文字 and words"])
def test_a_cut_is_the_longest_start_that_fits(text: str) -> None:
    """One character more would be too long."""
    kept = cut(text, 3)

    assert text.startswith(kept)
    assert count(kept) <= 3 < count(text[: len(kept) + 1])


def test_chinese_is_told_by_a_character() -> None:
    """Full-width punctuation alone is none."""
    assert (is_chinese("a 春"), is_chinese("abc"), is_chinese("！")) == (True, False, False)
