"""Replies in the words of the protocols. Bytes are put together from parts that are ready; only texts are encoded anew."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from stream_synth.simulate.asked import Asked
from stream_synth.simulate.replies import Said

_DELTA_CHARS = 12  # of one event: about three English tokens, as servers that batch their events send
_CHAT = b'{"id":"chatcmpl-%b","object":"chat.completion","created":%d,"model":%b,"choices":[{"index":0,"message":{"role":"assistant",'
_RAW = (
    b'{"id":"cmpl-%b","object":"text_completion","created":%d,"model":%b,"choices":[{"index":0,"text":%b,"logprobs":%b,"finish_reason":%b}]'
)
_EVENT = b'data: {"id":"%b","object":"%b","created":%d,"model":%b,"choices":%b}\n\n'
DONE = b"data: [DONE]\n\n"


def error_body(message: str, code: str, kind: str = "invalid_request_error") -> bytes:
    """An error in OpenAI's envelope."""
    return orjson.dumps({"error": {"message": message, "type": kind, "param": None, "code": code}})


def model_list(models: tuple[str, ...]) -> bytes:
    """The body of /v1/models."""
    listed = [{"id": model, "object": "model", "created": 0, "owned_by": "simulate"} for model in models]
    return orjson.dumps({"object": "list", "data": listed})


def whole(asked: Asked, said: Said, created: int, *, with_usage: bool = True) -> bytes:
    """The body of an unstreamed reply."""
    if asked.route == "classify":
        return _classified(asked, said, created)
    if asked.route == "pooling":
        return _pooled(asked, said, created)
    end = b',"usage":%b}' % _usage(asked, said) if with_usage else b"}"
    name, model, finish = asked.request_hash[:24].encode(), orjson.dumps(asked.model), orjson.dumps(said.finish_reason)
    if asked.route == "completions":
        return _RAW % (name, created, model, orjson.dumps(said.text), orjson.dumps(_logprobs(asked, said)), finish) + end
    parts = [_CHAT % (name, created, model), b'"content":', b"null" if said.tool_calls and not said.text else orjson.dumps(said.text)]
    if said.reasoning:
        parts += (b',"reasoning_content":', orjson.dumps(said.reasoning))
    if said.refusal is not None:
        parts += (b',"refusal":', orjson.dumps(said.refusal))
    if said.tool_calls:
        parts += (b',"tool_calls":', orjson.dumps(said.tool_calls))
    parts += (b'},"logprobs":', orjson.dumps(_logprobs(asked, said)), b',"finish_reason":', finish, b"}]", end)
    return b"".join(parts)


def events(asked: Asked, said: Said, created: int, *, with_usage: bool = True) -> list[bytes]:
    """The events of a streamed reply: thinking, text, the finish reason, usage when it was asked for, and the end."""
    chat = asked.route == "chat"
    kind = b"chat.completion.chunk" if chat else b"text_completion"
    name = (b"chatcmpl-" if chat else b"cmpl-") + asked.request_hash[:24].encode()
    model = orjson.dumps(asked.model)

    def event(choices: list[dict[str, Any]]) -> bytes:
        return _EVENT % (name, kind, created, model, orjson.dumps(choices))

    def choice(delta: dict[str, Any], finish_reason: str | None = None, logprobs: Any = None) -> list[dict[str, Any]]:  # noqa: ANN401
        said_now = {"delta": delta} if chat else {"text": delta.get("content", "")}
        return [{"index": 0, **said_now, "logprobs": logprobs, "finish_reason": finish_reason}]

    made = [event(choice({"role": "assistant", "content": ""}))] if chat else []
    made += [event(choice({"content": None, "reasoning_content": part})) for part in _deltas(said.reasoning)]
    logprobs = _logprobs(asked, said)
    for part in _deltas(said.text):
        made.append(event(choice({"content": part}, logprobs=logprobs)))
        logprobs = None
    if said.refusal is not None:
        made.append(event(choice({"refusal": said.refusal})))
    if said.tool_calls:
        calls = [{"index": index, **call} for index, call in enumerate(said.tool_calls)]
        made.append(event(choice({"tool_calls": calls})))
    made.append(event(choice({}, said.finish_reason)))
    if asked.wants_usage and with_usage:
        made.append(_EVENT[:-3] % (name, kind, created, model, b"[]") + b',"usage":%b}\n\n' % _usage(asked, said))
    return [*made, DONE]


def _deltas(text: str) -> Iterator[str]:
    return (text[at : at + _DELTA_CHARS] for at in range(0, len(text), _DELTA_CHARS))


def _usage(asked: Asked, said: Said) -> bytes:
    completion = said.completion_tokens
    counted = (asked.prompt_tokens, completion, asked.prompt_tokens + completion)
    if not said.reasoning:
        return b'{"prompt_tokens":%d,"completion_tokens":%d,"total_tokens":%d}' % counted
    return b'{"prompt_tokens":%d,"completion_tokens":%d,"total_tokens":%d,"completion_tokens_details":{"reasoning_tokens":%d}}' % (
        *counted,
        said.reasoning_tokens,
    )


def _logprobs(asked: Asked, said: Said) -> dict[str, Any] | None:
    """Scripted tokens in the form of the route: chat lists tokens, raw completions give columns."""
    if said.logprobs is None:
        return None
    if asked.route == "chat":
        return {"content": said.logprobs}
    return {
        "tokens": [token.get("token") for token in said.logprobs],
        "token_logprobs": [token.get("logprob") for token in said.logprobs],
        "top_logprobs": [{top["token"]: top["logprob"] for top in token.get("top_logprobs", ())} for token in said.logprobs],
    }


def _classified(asked: Asked, said: Said, created: int) -> bytes:
    """As vLLM answers /classify."""
    drawn = asked.share(b"probs")
    probs = [drawn, 1 - drawn] if said.probs is None else list(said.probs)
    entry = {"index": 0, "label": said.label, "probs": probs, "num_classes": len(probs)}
    return _scored("classify", asked, created, entry)


def _pooled(asked: Asked, said: Said, created: int) -> bytes:
    """As vLLM answers /pooling: one score of a reward model unless the script gives more."""
    pooled = [asked.share(b"pooled") * 2 - 1] if said.pooled is None else said.pooled
    return _scored("pool", asked, created, {"index": 0, "object": "pooling", "data": pooled})


def _scored(kind: str, asked: Asked, created: int, entry: dict[str, Any]) -> bytes:
    usage = {"prompt_tokens": asked.prompt_tokens, "total_tokens": asked.prompt_tokens, "completion_tokens": 0}
    name = f"{kind}-{asked.request_hash[:24]}"
    return orjson.dumps({"id": name, "object": "list", "created": created, "model": asked.model, "data": [entry], "usage": usage})
