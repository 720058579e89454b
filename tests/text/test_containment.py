from __future__ import annotations

import pytest

from stream_synth.text.containment import contained_share, kept_share


@pytest.mark.parametrize(
    ("part", "whole", "share"),
    [
        ("the moon pulls the sea", "They say that The Moon pulls the sea, twice.", 1.0),
        ("月亮拉海水", "人们说月亮拉海水。", 1.0),
        ("the moon pushes the sea", "the moon pulls the sea", 0.0),
        ("1 米", "下降了 1 米。", 1.0),
        ("", "anything", 1.0),
        ("something", "", 0.0),
    ],
)
def test_word_for_word(part: str, whole: str, share: float) -> None:
    """Runs of three words or characters count; short parts whole."""
    assert contained_share(part, whole) == share


def test_words_kept_wherever_they_stand() -> None:
    """Order set aside."""
    assert kept_share("sea moon", "the moon and the sea") == 1.0
    assert kept_share("月亮", "月光") == 0.5
    assert kept_share("", "x") == 1.0
