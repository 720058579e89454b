from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream_synth.text.length import words
from stream_synth.text.rouge import coded, rouge_l, same_instruction
from stream_synth.text.tokens import tokens


def by_definition(one: list[str], other: list[str]) -> float:
    """F1 of the longest common subsequence, the slow way."""
    best = [[0] * (len(other) + 1) for _ in range(len(one) + 1)]
    for i, left in enumerate(one, 1):
        for j, right in enumerate(other, 1):
            best[i][j] = best[i - 1][j - 1] + 1 if left == right else max(best[i - 1][j], best[i][j - 1])
    return 2 * best[-1][-1] / (len(one) + len(other)) if one and other else 0.0


@pytest.mark.parametrize(
    ("one", "other", "similarity"),
    [
        ("List three fruits.", "list THREE fruits", 1.0),
        ("给出三种水果。", "给出三种水果", 1.0),
        ("the cat sat on the mat", "the dog sat on a mat", 8 / 12),
        ("列出三种水果", "说出三种蔬菜", 6 / 12),
        ("列出三种水果", "list three fruits", 0.0),
        ("", "", 0.0),
        ("…", "list", 0.0),
    ],
)
def test_rouge_l_of_words_and_of_characters(one: str, other: str, similarity: float) -> None:
    """Two equal Chinese texts are alike, which libraries that split at spaces deny."""
    assert rouge_l(*coded([one, other])) == pytest.approx(similarity)


@given(st.text("ab cd 中文字", max_size=30), st.text("ab cd 中文字", max_size=30))
def test_it_is_the_longest_common_subsequence(one: str, other: str) -> None:
    """As a table of prefixes finds it."""
    assert rouge_l(*coded([one, other])) == pytest.approx(by_definition(tokens(one), tokens(other)))


def test_thresholds_and_lengths_by_language() -> None:
    """Chinese instructions are compared by a lower threshold, and 14 characters count as 10 words."""
    assert (same_instruction("Name a fruit."), same_instruction("说一种水果。")) == (0.7, 0.65)
    assert words("one two three") == 3
    assert words("一二三四五六七八九十一二三四") == pytest.approx(10)
