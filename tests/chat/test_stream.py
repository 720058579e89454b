import orjson
import pytest

from stream_synth.chat.reply import read_parsed
from stream_synth.chat.stream import BrokenStream, Joiner


def event(**delta: object) -> bytes:
    return b"data: " + orjson.dumps({"choices": [{"index": 0, "delta": delta}]}) + b"\n\n"


def ending(reason: str | None = "stop") -> bytes:
    return b"data: " + orjson.dumps({"choices": [{"index": 0, "delta": {}, "finish_reason": reason}]}) + b"\n\n"


def joined(sent: bytes, size: int = 1_000_000) -> object:
    joiner = Joiner()
    for start in range(0, len(sent), size):
        joiner.feed(sent[start : start + size])
    return joiner.joined()


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1_000])
def test_any_cut_of_the_bytes_gives_the_same_reply(size: int) -> None:
    """A character, a line or an event may be split anywhere; U+2028 and U+0085 are text."""
    usage = b'data: {"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 5}}\n\ndata: [DONE]\n\n'
    sent = b": hello\n\n" + event(reasoning_content="想\u2028一") + event(content="答\u0085案") + event(content="🙂") + ending() + usage

    said = read_parsed(joined(sent, size))

    assert (said.text, said.reasoning, said.outcome) == ("答\u0085案🙂", "想\u2028一", "ok")
    assert said.usage is not None
    assert said.usage.completion_tokens == 5


def test_a_stream_without_finish_reason_is_truncated() -> None:
    """Even when it ends with [DONE]."""
    said = read_parsed(joined(event(content="half") + b"data: [DONE]\n\n"))

    assert (said.text, said.outcome) == ("half", "truncated")


def test_carriage_returns_and_a_missing_last_newline_are_read() -> None:
    """Servers differ in line ends."""
    sent = event(content="a").replace(b"\n", b"\r\n") + ending().rstrip()

    assert read_parsed(joined(sent)).text == "a"


def test_tool_calls_are_put_together() -> None:
    """Arguments arrive in pieces, by index."""
    first = event(tool_calls=[{"index": 0, "id": "c1", "function": {"name": "add", "arguments": '{"a":'}}])
    second = event(tool_calls=[{"index": 0, "function": {"arguments": "1}"}}])

    said = read_parsed(joined(first + second + ending("tool_calls")))

    assert said.tool_calls == ({"id": "c1", "type": "function", "function": {"name": "add", "arguments": '{"a":1}'}},)


def test_raw_completions_stream_too() -> None:
    """Their events carry `text`."""
    sent = b'data: {"choices": [{"text": "ab"}]}\n\ndata: {"choices": [{"text": "c", "finish_reason": "length"}]}\n\n'

    said = read_parsed(joined(sent))

    assert (said.text, said.outcome) == ("abc", "truncated")


@pytest.mark.parametrize(
    "sent", [b"", b"data: [DONE]\n\n", b"data: {no json\n\n", b'data: {"error": {"message": "overloaded"}}\n\n', b"data: 5\n\n"]
)
def test_a_broken_stream_says_so(sent: bytes) -> None:
    """No event, no JSON, or an error in mid-stream."""
    with pytest.raises(BrokenStream):
        joined(sent)
