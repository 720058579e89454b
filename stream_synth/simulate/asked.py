"""A request's body as the endpoint understands it."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Literal, TypeAlias

import orjson

from stream_synth.simulate.tokens import count

Route: TypeAlias = Literal["chat", "completions", "classify", "pooling"]
NO_LIMIT = 1 << 40


class BadRequest(Exception):
    """The body is none that an OpenAI-compatible server takes."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks what, and two hashes: of the body alone for the ledger, of body and key for whatever is drawn."""

    route: Route
    model: str
    system: str
    last: str  # text of the last message, or the prompt
    question: str  # text of the last user message, or the prompt
    prompt_tokens: int
    max_tokens: int
    streams: bool
    wants_usage: bool  # of a stream
    thinks: bool | None  # what the request says; None: nothing
    key: str
    request_hash: str
    digest: bytes  # 32 bytes: seed, body and key

    def share(self, purpose: bytes) -> float:
        """A number in [0, 1) drawn for this request and purpose."""
        return int.from_bytes(blake2b(self.digest + purpose, digest_size=6).digest()) / (1 << 48)


def read_asked(route: Route, raw: bytes, key: str, seed: int) -> Asked:
    """The request. Raises `BadRequest` with what is wrong."""
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise BadRequest(f"the body is no JSON: {error}") from error
    if not isinstance(body, dict):
        raise BadRequest("the body is no JSON object")
    _check_parameters(body)
    system, last, question, texts = _texts(route, body)
    hashed = blake2b(raw, digest_size=16)
    request_hash = hashed.hexdigest()
    kwargs = body.get("chat_template_kwargs")
    thinks = body.get("enable_thinking", kwargs.get("enable_thinking") if isinstance(kwargs, dict) else None)
    stream_options = body.get("stream_options")
    return Asked(
        route=route,
        model=_model(body),
        system=system,
        last=last,
        question=question,
        prompt_tokens=max(1, sum(map(count, texts))),
        max_tokens=body.get("max_completion_tokens") or body.get("max_tokens") or NO_LIMIT,
        streams=body.get("stream") is True,
        wants_usage=isinstance(stream_options, dict) and stream_options.get("include_usage") is True,
        thinks=thinks if isinstance(thinks, bool) else None,
        key=key,
        request_hash=request_hash,
        digest=blake2b(f"{seed}:{request_hash}:{key}".encode(), digest_size=32).digest(),
    )


def _check_parameters(body: dict[str, Any]) -> None:
    """What a provider refuses of the common parameters. null stands for left out; parameters that nobody here reads pass."""
    for name in ("max_tokens", "max_completion_tokens", "n"):
        value = body.get(name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < 1):
            raise BadRequest(f"{name!r} must be an integer of at least 1")
    if (body.get("n") or 1) > 1:
        raise BadRequest("'n' must be 1: this endpoint gives one reply a request")
    for name in ("stream", "enable_thinking"):
        if not isinstance(body.get(name), bool | None):
            raise BadRequest(f"{name!r} must be true or false")
    for name, most in (("temperature", 2), ("top_p", 1)):
        value = body.get(name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most):
            raise BadRequest(f"{name!r} must be a number from 0 to {most}")


def _model(body: dict[str, Any]) -> str:
    model = body.get("model")
    if not isinstance(model, str) or not model:
        raise BadRequest("you must provide a model parameter")
    return model


def _texts(route: Route, body: dict[str, Any]) -> tuple[str, str, str, list[str]]:
    """(system, last message, question, every text)."""
    if route == "chat" or (route != "completions" and "messages" in body):
        return _conversation(body.get("messages"))
    name = "prompt" if route == "completions" else "input"
    given = body.get(name)
    texts: list[Any] = given if isinstance(given, list) else [given]
    if not texts or not all(isinstance(text, str) for text in texts):
        raise BadRequest(f"{name!r} must be a string, or a list with one")
    if len(texts) > 1:
        raise BadRequest(f"{name!r} holds {len(texts)} texts: this endpoint answers one a request")
    return "", texts[-1], texts[-1], texts


def _conversation(messages: Any) -> tuple[str, str, str, list[str]]:  # noqa: ANN401  # whatever the client sent
    if not isinstance(messages, list) or not messages:
        raise BadRequest("'messages' must be a list of at least one message")
    system, question, texts = "", "", []
    for message in messages:
        if not isinstance(message, dict) or not isinstance(message.get("role"), str):
            raise BadRequest("every message needs a role and content")
        text = _content(message.get("content"))
        texts.append(text)
        if message["role"] in {"system", "developer"}:
            system = text
        elif message["role"] == "user":
            question = text
    return system, texts[-1], question or texts[-1], texts


def _content(content: Any) -> str:  # noqa: ANN401
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        parts = (part.get("text") for part in content if isinstance(part, dict))
        return "".join(part for part in parts if isinstance(part, str))
    if content is None:
        return ""
    raise BadRequest("a message's content must be a string or a list of parts")
