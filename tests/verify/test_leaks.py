from __future__ import annotations

import pytest

from stream_synth.verify import leaked


@pytest.mark.parametrize(
    "thinking",
    [
        "So it is 7, which agrees with the given answer.",
        "The answer was provided, so I only need a reason.",
        "Since the answer is 5, there must be five of them.",
        "I already know the answer.",
        "Working backwards from the answer, we find two.",
        "We were told that the correct answer is B.",
        "根据参考答案，应该是三。",
        "既然答案是三，那就从三开始。",
        "答案已经给出，只要说明理由。",
        "我们事先知道答案，所以不必再算。",
        "从答案倒推，可以得到二。",
    ],
)
def test_thinking_that_knew_is_found(thinking: str) -> None:
    """The phrase is handed back."""
    assert (leaked(thinking) or "nothing") in thinking


@pytest.mark.parametrize(
    "thinking",
    [
        "The correct answer is B, because only B mentions rain.",
        "The answer is given by the sum of both sides.",
        "By the known result on triangles, the angle is right.",
        "正确答案是B，因为只有B提到了下雨。",
        "由已知条件可得答案是三。",
    ],
)
def test_ordinary_conclusions_are_not(thinking: str) -> None:
    """Stating an answer is no leak."""
    assert leaked(thinking) is None


def test_the_question_s_own_words_give_nothing_away() -> None:
    """Whoever is asked about a reference answer may speak of it."""
    assert leaked("The reference answer lacks a unit.", "What is wrong with the reference answer?") is None
    assert leaked("参考答案少了单位。", "这道题的参考答案错在哪里？") is None
