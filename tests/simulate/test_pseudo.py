from __future__ import annotations

import pytest

from stream_synth.simulate import pseudo
from stream_synth.simulate.tokens import count, is_chinese


@pytest.mark.parametrize("chinese", [True, False])
def test_made_up_text_is_whole_sentences_of_its_language(chinese: bool) -> None:  # noqa: FBT001  # a parameter of the test
    """Within the length, the same for the same hash, another for another."""
    text = pseudo.reply(b"one", 80, chinese=chinese)

    assert text == pseudo.reply(b"one", 80, chinese=chinese) != pseudo.reply(b"two", 80, chinese=chinese)
    assert is_chinese(text) == chinese
    assert text.endswith("。" if chinese else ".")
    assert 40 <= count(text) <= 80


def test_where_no_sentence_fits_its_start_is_said() -> None:
    """A limit of three tokens is kept."""
    assert 0 < count(pseudo.reply(b"x", 3, chinese=False)) <= 3


def test_a_trace_takes_up_the_question() -> None:
    """So that thinking is on topic."""
    assert "鸡兔同笼" in pseudo.thinking(b"x", 50, "鸡兔同笼，头五只。", chinese=True)
