import orjson
import pytest

from stream_synth.chat.reply import Unreadable, read, split_thinking
from stream_synth.values import NO_ANSWER, Usage


def body(message: dict[str, object], finish: str | None = "stop", **rest: object) -> bytes:
    return orjson.dumps({"choices": [{"message": message, "finish_reason": finish}], **rest})


@pytest.mark.parametrize("field", ["reasoning_content", "reasoning"])
def test_thinking_is_taken_from_either_field(field: str) -> None:
    """DeepSeek's and OpenRouter's spelling both end in `reasoning`."""
    said = read(body({"content": "42", field: "six times seven"}))

    assert (said.text, said.reasoning, said.outcome) == ("42", "six times seven", "ok")


@pytest.mark.parametrize(
    ("content", "answer", "thinking"),
    [
        ("<think>\na\n</think>\n\nb", "b", "a"),
        ("a</think>b", "b", "a"),
        ("<thinking>a</thinking>b", "b", "a"),
        ("no tags, though we think", "no tags, though we think", ""),
        ("the tag <think> is explained", "the tag <think> is explained", ""),
    ],
)
def test_inline_thinking_is_split_off(content: str, answer: str, thinking: str) -> None:
    """Whole blocks, and blocks whose opening tag stood in the prompt."""
    assert split_thinking(content) == (answer, thinking)


def test_a_reply_cut_while_thinking_has_no_answer() -> None:
    """What came before the tokens ran out is thinking, not answer."""
    said = read(body({"content": "<think>so far"}, "length"))

    assert (said.text, said.reasoning, said.outcome) == ("", "so far", "truncated")


def test_usage_counts_cached_and_reasoning_tokens() -> None:
    """OpenAI's nested details, and DeepSeek's flat cache count."""
    nested = {
        "prompt_tokens": 10,
        "completion_tokens": 7,
        "completion_tokens_details": {"reasoning_tokens": 5},
        "prompt_tokens_details": {"cached_tokens": 4},
    }
    flat = {"prompt_tokens": 10, "completion_tokens": 7, "prompt_cache_hit_tokens": 4}

    assert read(body({"content": "a"}, usage=nested)).usage == Usage(10, 7, 5, 4)
    assert read(body({"content": "a"}, usage=flat)).usage == Usage(10, 7, 0, 4)


@pytest.mark.parametrize("usage", [None, {}, [], {"prompt_tokens": None}, {"prompt_tokens": "many"}])
def test_nonsense_usage_is_no_usage(usage: object) -> None:
    """Missing counts are estimated later, never taken as zero."""
    assert read(body({"content": "a"}, usage=usage)).usage is None


@pytest.mark.parametrize(
    ("message", "finish", "refusal"),
    [
        ({"content": "x"}, "content_filter", ""),
        ({"content": None, "refusal": "I cannot"}, "stop", "I cannot"),
        ({"content": ""}, "stop", NO_ANSWER),
        ({"content": "", "reasoning_content": "only thoughts"}, "stop", NO_ANSWER),
    ],
)
def test_withheld_replies_are_refused(message: dict[str, object], finish: str, refusal: str) -> None:
    """Filter, refusal field, empty content, thinking without an answer."""
    said = read(body(message, finish))

    assert (said.outcome, said.refusal) == ("refused", refusal)


def test_tool_calls_without_text_are_an_answer() -> None:
    """Content is null beside tool calls."""
    said = read(body({"content": None, "tool_calls": [{"id": "1"}]}, "tool_calls"))

    assert (said.outcome, said.tool_calls) == ("ok", ({"id": "1"},))


def test_raw_completions_are_read() -> None:
    """`/v1/completions` answers with `text`; an empty one is what the model said."""
    said = read(orjson.dumps({"choices": [{"text": "", "finish_reason": "stop"}]}))

    assert (said.text, said.outcome) == ("", "ok")


def test_content_parts_are_joined() -> None:
    """Some servers answer with a list of parts."""
    assert read(body({"content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]})).text == "ab"


def test_logprobs_come_as_sent() -> None:
    """Scorers weigh digits by them."""
    sent = {"choices": [{"message": {"content": "7"}, "finish_reason": "stop", "logprobs": {"content": [{"token": "7", "logprob": -0.1}]}}]}

    assert read(orjson.dumps(sent)).logprobs == ({"token": "7", "logprob": -0.1},)


@pytest.mark.parametrize(
    "sent",
    [b"", b"<html>502</html>", b'{"choices": []}', b'{"choices": [{"message": {"content": 5}}]}', b"[]", b'{"choi', b'{"choices": null}'],
)
def test_what_is_no_reply_is_unreadable(sent: bytes) -> None:
    """HTML, cut JSON, and JSON of another shape raise one error."""
    with pytest.raises(Unreadable):
        read(sent)
