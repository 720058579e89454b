from __future__ import annotations

from typing import Any

import pytest

from stream_synth.errors import ConfigError
from stream_synth.recipes.chat_formats import chat_format, chat_formats

OWN = {"user": "U:", "answer": "A:", "end": ".", "stop": ["U:"]}


@pytest.mark.parametrize("name", chat_formats())
def test_every_format_opens_the_user_s_turn(name: str) -> None:
    """The text ends where the user begins; earlier turns stand in it in order; at most three texts stop it."""
    form = chat_format(name, {})
    turns = [{"role": "user", "content": "问一"}, {"role": "assistant", "content": "答一"}]

    text = form.pre_query("", turns)

    assert text == f"{form.begin}{form.user}问一{form.answer}答一{form.end}{form.user}"
    assert form.pre_query("SYS", []).count("SYS") == bool(form.system)
    assert 1 <= len(form.stop) <= 3


def test_qwen2_is_asked_as_the_paper_asks_it() -> None:
    """Nothing but the header of a user's turn."""
    assert chat_format("chatml", {}).pre_query("", []) == "<|im_start|>user\n"


def test_an_own_format_takes_precedence() -> None:
    """With the keys it needs."""
    assert chat_format("chatml", OWN).pre_query("", []) == "U:"


@pytest.mark.parametrize(
    ("name", "own", "word"),
    [("no-such", {}, "chatml"), ("", {"user": "U:"}, "answer"), ("", {**OWN, "sys": ""}, "sys"), ("", {**OWN, "stop": []}, "stop")],
)
def test_mistakes_are_named(name: str, own: dict[str, Any], word: str) -> None:
    """With what may be written."""
    with pytest.raises(ConfigError, match=word):
        chat_format(name, own)
