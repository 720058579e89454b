from __future__ import annotations

import pytest

from stream_synth.verify import hint_words


@pytest.mark.parametrize(
    "solution", ["As the hint says, 4.", "The correct answer is given, so 4.", "根据给出的正确答案，是4。", "答案已知，为4。"]
)
def test_a_mention_is_found(solution: str) -> None:
    """In Chinese and English."""
    assert hint_words(solution, "What is 2 + 2?")


@pytest.mark.parametrize("solution", ["The answer is 4.", "所以答案是4。", "We are given 2 apples and 2 pears."])
def test_an_ordinary_solution_mentions_nothing(solution: str) -> None:
    """Stating an answer is no mention of one that was shown."""
    assert hint_words(solution, "What is 2 + 2?") is None


def test_what_the_question_itself_says_is_no_mention() -> None:
    """A question about hints."""
    assert hint_words("The hint costs 3 points.", "Each hint costs 3 points. How many do 2 hints cost?") is None
