from __future__ import annotations

from typing import Any

import pytest

from stream_synth.simulate.options import Options
from stream_synth.simulate.plan import Ending
from stream_synth.simulate.service import Service
from tests.simulate.asking import CHAT, answer_of, answered, asked, body_of, chat, events_of, post

WALL = 1_750_000_000.0
TOKENS = [{"token": "是", "logprob": -0.1, "top_logprobs": [{"token": "是", "logprob": -0.1}, {"token": "否", "logprob": -2.5}]}]


def service(**options: Any) -> Service:
    return Service(Options(**{"latency": "fixed:0.5", **options}), wall=lambda: WALL)


def test_a_chat_reply_has_openais_shape() -> None:
    """With thinking, finish reason and usage; it comes after the latency."""
    endpoint = service(replies=[{"reply": "两个。", "reasoning": "数一数。"}])
    plan = endpoint.plan(post(chat("几个？")), 0.0)

    reply = answer_of(plan)
    assert (plan.status, plan.wait_s) == (200, 0.5)
    assert (reply["object"], reply["model"], reply["created"]) == ("chat.completion", "m", int(WALL))
    assert reply["choices"] == [
        {
            "index": 0,
            "message": {"role": "assistant", "content": "两个。", "reasoning_content": "数一数。"},
            "logprobs": None,
            "finish_reason": "stop",
        }
    ]
    assert reply["usage"] == {
        "prompt_tokens": 3,
        "completion_tokens": 7,
        "total_tokens": 10,
        "completion_tokens_details": {"reasoning_tokens": 4},
    }


def test_refusals_and_tool_calls_are_passed_on() -> None:
    """As the script gives them; a call without text has null content."""
    call = {"id": "c1", "type": "function", "function": {"name": "add", "arguments": "{}"}}
    endpoint = service(replies=[{"last": "bad", "refusal": "No."}, {"tool_calls": [call], "finish_reason": "tool_calls"}])

    refused, called = (answered(endpoint, chat(text))["choices"][0] for text in ("bad", "add"))

    assert refused["message"]["refusal"] == "No."
    assert (called["message"]["content"], called["message"]["tool_calls"], called["finish_reason"]) == (None, [call], "tool_calls")


def test_logprobs_have_the_form_of_the_route() -> None:
    """Chat lists tokens, raw completions give columns."""
    endpoint = service(replies=[{"reply": "是", "logprobs": TOKENS}])
    raw = answered(endpoint, {"model": "m", "prompt": "对吗？"}, path="/v1/completions")

    assert answered(endpoint, chat("对吗？"))["choices"][0]["logprobs"] == {"content": TOKENS}
    assert (raw["object"], raw["choices"][0]["text"], raw["choices"][0]["finish_reason"]) == ("text_completion", "是", "stop")
    assert raw["choices"][0]["logprobs"] == {"tokens": ["是"], "token_logprobs": [-0.1], "top_logprobs": [{"是": -0.1, "否": -2.5}]}


def test_classify_and_pooling_answer_as_vllm_does() -> None:
    """Scripted, or drawn: probabilities add up to 1, one score."""
    endpoint = service(replies=[{"last": "good", "label": "good", "probs": [0.1, 0.9]}, {"last": "two", "pooled": [[1.0], [2.0]]}])
    told = answered(endpoint, {"model": "m", "input": "good text"}, path="/classify")
    drawn = answered(endpoint, chat("some text"), path="/v1/classify")
    steps = answered(endpoint, {"model": "m", "input": ["two steps"]}, path="/pooling")
    score = answered(endpoint, {"model": "m", "input": "other"}, path="/pooling")

    assert told["data"] == [{"index": 0, "label": "good", "probs": [0.1, 0.9], "num_classes": 2}]
    assert sum(drawn["data"][0]["probs"]) == pytest.approx(1)
    assert steps["data"][0]["data"] == [[1.0], [2.0]]
    assert -1 <= score["data"][0]["data"][0] <= 1
    assert score["usage"] == {"prompt_tokens": 2, "total_tokens": 2, "completion_tokens": 0}


def test_models_and_health_are_answered() -> None:
    """What `doctor` asks for."""
    endpoint = service(models=("a", "b"))
    models, health = (endpoint.plan(post(b"", path=path, method=b"GET"), 0.0) for path in ("/v1/models", "/health"))

    assert [model["id"] for model in answer_of(models)["data"]] == ["a", "b"]
    assert (models.wait_s, health.status) == (0.0, 200)


@pytest.mark.parametrize(
    ("path", "method", "body", "status"),
    [
        ("/v1/embeddings", b"POST", b"{}", 404),
        (CHAT, b"GET", b"", 405),
        (CHAT, b"POST", b"{nonsense", 400),
        (CHAT, b"POST", b'{"model": "m", "messages": "hi"}', 400),
        ("/v1/completions", b"POST", b'{"model": "m", "prompt": [1, 2]}', 400),
    ],
)
def test_a_malformed_request_gets_an_openai_error(path: str, method: bytes, body: bytes, status: int) -> None:
    """Message, type, code; never a charge."""
    plan = service().plan(post(body, path=path, method=method), 0.0)

    error = answer_of(plan)["error"]
    assert (plan.status, plan.charge) == (status, None)
    assert set(error) == {"message", "type", "param", "code"}
    assert error["message"]
    assert error["type"] == "invalid_request_error"


@pytest.mark.parametrize(
    ("body", "said"), [({"enable_thinking": True}, "enable_thinking must be set to false"), ({}, "only support stream mode")]
)
def test_unstreamed_thinking_can_be_refused(body: dict[str, Any], said: str) -> None:
    """In the provider's words; as a stream, or without thinking, it is answered."""
    endpoint = service(thinking=True, refuse_unstreamed_thinking=True)
    refused = endpoint.plan(post(chat("问", **body)), 0.0)

    assert (refused.status, refused.charge) == (400, None)
    assert said in answer_of(refused)["error"]["message"]
    assert endpoint.plan(post(chat("问", stream=True, **body)), 0.0).status == 200
    assert endpoint.plan(post(chat("问", enable_thinking=False)), 0.0).status == 200


def test_a_stream_brings_thinking_text_finish_and_usage() -> None:
    """Joined deltas are the reply; usage comes last, and only when it was asked for."""
    endpoint = service(replies=[{"reply": "The answer is two, of course.", "reasoning": "Let me count them one by one."}])
    asks = chat("几个？", stream=True, stream_options={"include_usage": True})
    events, plain = (events_of(body_of(b"".join(endpoint.plan(post(body), 0.0).pieces))) for body in (asks, chat("几个？", stream=True)))

    deltas = [event["choices"][0]["delta"] for event in events if event["choices"]]
    assert deltas[0] == {"role": "assistant", "content": ""}
    assert "".join(delta.get("reasoning_content") or "" for delta in deltas) == "Let me count them one by one."
    assert "".join(delta.get("content") or "" for delta in deltas) == "The answer is two, of course."
    assert events[-2]["choices"][0]["finish_reason"] == "stop"
    assert (events[-1]["choices"], events[-1]["usage"]["completion_tokens_details"]) == ([], {"reasoning_tokens": 8})
    assert all("usage" not in event for event in plain)
    assert not asked(chat("问", stream_options={"include_usage": False})).wants_usage


def test_a_stream_of_raw_text_has_no_deltas() -> None:
    """Pieces of text, then the finish reason."""
    endpoint = service(replies=[{"reply": "one two three four five"}])
    events = events_of(
        body_of(b"".join(endpoint.plan(post({"model": "m", "prompt": "x", "stream": True}, path="/completions"), 0.0).pieces))
    )

    assert "".join(event["choices"][0]["text"] for event in events) == "one two three four five"
    assert events[-1]["choices"][0]["finish_reason"] == "stop"


def test_a_stream_is_spread_over_the_time_of_writing() -> None:
    """The first event after the latency, the last when the last token is written."""
    endpoint = service(replies=[{"reply": "x" * 400}], tokens_per_second=100)
    streamed, whole = (endpoint.plan(post(chat("q", stream=stream)), 0.0) for stream in (True, False))

    assert streamed.wait_s == 0.5
    assert streamed.wait_s + streamed.gap_s * (len(streamed.pieces) - 1) == pytest.approx(1.5)
    assert (whole.wait_s, len(whole.pieces)) == (1.5, 1)


def test_the_same_requests_get_the_same_in_any_order() -> None:
    """Texts and latencies follow from body, key and seed."""
    asks = [(chat(f"Question {number}"), str(number)) for number in range(20)]
    forwards, backwards = (
        {key: (plan.wait_s, plan.pieces) for plan, key in ((one.plan(post(body, key=key), 0.0), key) for body, key in order)}
        for one, order in ((service(latency="exp:1"), asks), (service(latency="exp:1"), asks[::-1]))
    )

    assert forwards == backwards
    assert len({wait_s for wait_s, _ in forwards.values()}) == 20


def test_limits_refuse_with_429_and_charge_nothing() -> None:
    """The headers say what is left and when to come back."""
    endpoint = service(rpm=1)
    first, second = (endpoint.plan(post(chat("x")), now) for now in (0.0, 10.0))

    assert (first.status, second.status, second.charge, endpoint.counts.limited) == (200, 429, None, 1)
    assert b"\r\nRetry-After: 50\r\n" in second.pieces[0]
    assert answer_of(second)["error"]["code"] == "rate_limit_exceeded"
    assert b"x-ratelimit-remaining-requests: 0" in first.pieces[0]


def test_a_known_key_gets_its_first_reply_again_for_free() -> None:
    """Not before it is ready; without the option it is made and charged again."""
    endpoint, plain = service(idempotency=True), service()
    first, soon, late = (endpoint.plan(post(chat("x"), key="k"), now) for now in (0.0, 0.2, 9.0))
    again = [plain.plan(post(chat("x"), key="k"), 0.0) for _ in range(2)]

    assert first.charge
    assert (soon.charge, late.charge) == (None, None)
    assert [soon.wait_s, late.wait_s] == pytest.approx([0.3, 0.0])
    assert first.pieces == soon.pieces == late.pieces
    assert all(plan.charge for plan in again)


def test_a_reply_that_was_lost_is_there_for_the_next_attempt() -> None:
    """With idempotency a broken connection costs nothing twice."""
    endpoint = service(idempotency=True, faults=[{"kind": "close_before_reply", "attempt": 1}])
    lost, found = (endpoint.plan(post(chat("x"), key="k"), 0.0) for _ in range(2))

    assert (lost.ending, bool(lost.charge), lost.whole) == (Ending.CLOSE, True, False)
    assert (found.ending, found.charge, found.status) == (Ending.KEEP, None, 200)


def test_the_charge_says_what_was_asked_and_answered() -> None:
    """Prompt and reply in tokens, the request by its hash."""
    charge = service(replies=[{"reply": "四个字的"}]).plan(post(chat("问题"), key="k"), 0.0).charge

    assert charge
    assert (charge.request_hash, charge.idempotency_key, charge.status) == (asked(chat("问题")).request_hash, "k", 200)
    assert (charge.received_at, charge.prompt_tokens, charge.completion_tokens) == (WALL, 2, 4)


@pytest.mark.parametrize(("status", "waits"), [(429, 0.0), (500, 0.5)])
def test_an_error_of_the_script_is_an_openai_error(status: int, waits: float) -> None:
    """A refusal comes at once, a breakdown after the latency; a charge only when the script says so."""
    free, dear = (service(faults=[{"kind": "status", "status": status, "charged": charged}]) for charged in (False, True))
    plan, charged = (one.plan(post(chat("x")), 0.0) for one in (free, dear))

    assert (plan.status, plan.wait_s, plan.charge) == (status, waits, None)
    assert answer_of(plan)["error"]["message"]
    assert charged.charge
    assert charged.charge.status == status


def test_the_model_can_break_off_withhold_or_forget() -> None:
    """length, content_filter, missing_usage: whole HTTP replies, charged."""
    rows = [{"kind": kind, "last": kind} for kind in ("length", "content_filter", "missing_usage")]
    endpoint = service(faults=rows, replies=[{"reply": "12345678"}])

    cut, withheld, unmetered = (answered(endpoint, chat(row["kind"])) for row in rows)

    assert (cut["choices"][0]["message"]["content"], cut["choices"][0]["finish_reason"]) == ("1234", "length")
    assert (withheld["choices"][0]["message"]["content"], withheld["choices"][0]["finish_reason"]) == ("", "content_filter")
    assert "usage" not in unmetered


@pytest.mark.parametrize("charged", [True, False])
def test_a_broken_reply_is_charged_as_the_script_says(charged: bool) -> None:  # noqa: FBT001  # a parameter of the test
    """A provider may waive what did not arrive."""
    endpoint = service(faults=[{"kind": "truncated_body", "charged": charged}])

    assert (endpoint.plan(post(chat("x")), 0.0).charge is not None) == charged
