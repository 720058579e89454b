from __future__ import annotations

import pytest

from stream_synth.text.options import holds_options, with_options


@pytest.mark.parametrize(
    "question", ["Which?\nA. red\nB. blue", "哪一个？（A）红（B）蓝", "哪一个？A、红 B、蓝", "Pick one: (A) yes (B) no"]
)
def test_options_are_seen(question: str) -> None:
    """In the usual spellings."""
    assert holds_options(question)


@pytest.mark.parametrize("question", ["Plan A. or nothing", "Vitamin B, and vitamin A", "维生素A和维生素B有什么不同？", ""])
def test_letters_alone_are_none(question: str) -> None:
    """Two marked letters in order it takes."""
    assert not holds_options(question)


@pytest.mark.parametrize("options", [["red", "blue"], {"A": "red", "B": "blue"}])
def test_options_stand_below_the_question(options: object) -> None:
    """A line each, lettered."""
    asked = with_options("Which?", options)

    assert asked == "Which?\nA. red\nB. blue"
    assert holds_options(asked)
    assert with_options("Which?", None) == "Which?"
