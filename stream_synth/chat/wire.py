"""What goes to a transport and what comes back: the only shapes that transports and the client share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol

import orjson

from stream_synth.chat.shape import told
from stream_synth.chat.upstream import Upstream
from stream_synth.values import Request

CHAT, COMPLETIONS = "/chat/completions", "/completions"
ROUTES = ("/classify", "/pooling", "/score", "/rerank")  # of servers of reward models; no bodies go anywhere else


class Outgoing:
    """One attempt on its way. A transport sets `written` before the body's first byte leaves."""

    __slots__ = ("body", "headers", "path", "streams", "written")

    def __init__(self, path: str, body: bytes, headers: Mapping[str, str], *, streams: bool) -> None:
        self.path = path
        self.body = body
        self.headers = headers
        self.streams = streams
        self.written = False


def address(base_url: str, path: str) -> str:
    """Where a path of this endpoint lies: chat paths under the base URL, routes beside its /v1."""
    base = base_url.rstrip("/")
    return base + path if path in {CHAT, COMPLETIONS} else base.removesuffix("/v1") + path


class Answer(NamedTuple):
    """What the server sent. `parsed` is a joined stream; otherwise `body` holds the bytes."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    parsed: Any = None


class Transport(Protocol):
    """Carries attempts to one endpoint."""

    async def send(self, outgoing: Outgoing) -> Answer:
        """One attempt. Raises `NeverSent` or `Broken`; cancellation leaves no connection in an unknown state."""
        ...

    async def close(self) -> None:
        """Close every connection."""
        ...


class NeverSent(Exception):
    """No byte of the body left this machine."""


class Broken(Exception):
    """The connection failed after the body may have left."""


def said_bytes(request: Request) -> bytes:
    """The part of the body that carries the prompt, serialised once for all attempts. Raises `TypeError` for what JSON cannot hold."""
    if request.route:
        return orjson.dumps(dict(request.params), default=dict)[1:-1]
    if request.prompt is not None:
        return b'"prompt":' + orjson.dumps(request.prompt)
    return b'"messages":' + orjson.dumps(request.messages, default=dict)


def outgoing(upstream: Upstream, request: Request, said: bytes, headers: Mapping[str, str]) -> Outgoing:
    """The attempt as this endpoint wants it. What the configuration calls `extra_body` wins over the recipe, the recipe over `params`."""
    endpoint, streams = upstream.endpoint, upstream.streams
    if request.route:
        own = orjson.dumps({"model": endpoint.model, **endpoint.extra_body}, default=dict)[:-1]
        return Outgoing(request.route, b"".join((own, b"," if said else b"", said, b"}")), headers, streams=False)
    options = {"model": endpoint.model, **endpoint.params, **request.params, **endpoint.extra_body}
    if shape := options.pop("shape", None):
        options |= told(shape, endpoint.shapes)
    if streams:
        options |= {"stream": True, "stream_options": {"include_usage": True}}
    body = b"".join((orjson.dumps(options, default=dict)[:-1], b",", said, b"}"))
    return Outgoing(CHAT if request.prompt is None else COMPLETIONS, body, headers, streams=streams)
