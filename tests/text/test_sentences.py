from __future__ import annotations

from stream_synth.text import sentences


def test_chinese_sentences_end_at_their_marks() -> None:
    """Full stops, questions and line breaks end sentences; closing quotation marks stay with theirs."""
    assert sentences("他说：“好。”然后走了！你呢？\n再见") == ["他说：“好。”", "然后走了！", "你呢？", "再见"]


def test_english_full_stops_in_numbers_and_abbreviations_end_nothing() -> None:
    """Numbers, titles and initials stay inside their sentence."""
    assert sentences("Dr. Smith paid 3.5 dollars. J. Doe did not! Why?") == ["Dr. Smith paid 3.5 dollars.", "J. Doe did not!", "Why?"]


def test_nothing_has_no_sentences() -> None:
    """Empty text and blank lines give an empty list."""
    assert sentences("") == sentences(" \n\n ") == []
