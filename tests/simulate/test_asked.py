from __future__ import annotations

from typing import Any

import orjson
import pytest

from stream_synth.simulate.asked import NO_LIMIT, BadRequest, Route, read_asked
from tests.simulate.asking import asked, chat


def test_a_chat_request_is_read() -> None:
    """Model, system, last message, question, tokens, limit, thinking, stream."""
    messages = [
        {"role": "system", "content": "简短回答。"},
        {"role": "user", "content": [{"type": "text", "text": "一加一"}, {"type": "text", "text": "等于几？"}]},
        {"role": "assistant", "content": "<think>\n"},
    ]

    read = asked({"model": "m", "messages": messages, "max_tokens": 9, "stream": True, "enable_thinking": False})

    assert (read.model, read.system, read.question, read.last) == ("m", "简短回答。", "一加一等于几？", "<think>\n")
    assert (read.max_tokens, read.streams, read.thinks, read.prompt_tokens) == (9, True, False, 5 + 7 + 2)


def test_null_is_left_out() -> None:
    """As clients write parameters they do not set."""
    read = asked(chat("hi", max_tokens=None, stream=None, temperature=None, n=None, stop=None))

    assert (read.max_tokens, read.streams, read.thinks) == (NO_LIMIT, False, None)


def test_thinking_can_be_asked_for_through_the_chat_template() -> None:
    """The way of vLLM and SGLang."""
    assert asked(chat("hi", chat_template_kwargs={"enable_thinking": True})).thinks is True


@pytest.mark.parametrize(("route", "name"), [("completions", "prompt"), ("classify", "input"), ("pooling", "input")])
def test_one_text_is_read_alone_or_in_a_list(route: Route, name: str) -> None:
    """Both are common."""
    assert asked({"model": "m", name: "春天"}, route=route).last == asked({"model": "m", name: ["春天"]}, route=route).last == "春天"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"{", "no JSON"),
        (b'"text"', "no JSON object"),
        ({"messages": [{"role": "user", "content": "x"}]}, "model"),
        (chat("x") | {"model": 7}, "model"),
        ({"model": "m"}, "messages"),
        ({"model": "m", "messages": []}, "messages"),
        ({"model": "m", "messages": ["x"]}, "role"),
        ({"model": "m", "messages": [{"role": "user", "content": 5}]}, "content"),
        (chat("x", max_tokens=0), "max_tokens"),
        (chat("x", max_tokens="9"), "max_tokens"),
        (chat("x", n=2), "'n'"),
        (chat("x", stream="yes"), "stream"),
        (chat("x", temperature=3), "temperature"),
        (chat("x", top_p=True), "top_p"),
    ],
)
def test_what_a_provider_refuses_is_refused(body: Any, said: str) -> None:
    """The message names the parameter."""
    raw = body if isinstance(body, bytes) else orjson.dumps(body)

    with pytest.raises(BadRequest, match=said):
        read_asked("chat", raw, "", 0)


def test_several_prompts_are_refused() -> None:
    """One reply a request; silently answering the last would be worse."""
    with pytest.raises(BadRequest, match="2 texts"):
        asked({"model": "m", "prompt": ["a", "b"]}, route="completions")


def test_draws_follow_from_body_key_and_seed() -> None:
    """The same three give the same number; any other gives another one."""
    one = asked(chat("x"), key="k").share(b"latency")

    assert asked(chat("x"), key="k").share(b"latency") == one
    assert len({one, *(asked(chat(t), key=k, seed=s).share(b"latency") for t, k, s in (("y", "k", 0), ("x", "l", 0), ("x", "k", 1)))}) == 4


def test_the_ledger_hash_is_of_the_body_alone() -> None:
    """So that repeated charges for the same request can be found."""
    assert asked(chat("x"), key="a").request_hash == asked(chat("x"), key="b", seed=5).request_hash
