"""Requests as clients send them, and a client of bare sockets that sees every byte."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from stream_synth.simulate.asked import Asked, Route, read_asked
from stream_synth.simulate.plan import Plan
from stream_synth.simulate.service import Service
from stream_synth.simulate.wire import HttpRequest

CHAT = "/v1/chat/completions"


def chat(text: str, **more: Any) -> dict[str, Any]:
    """The body of a chat request with one message."""
    return {"model": "m", "messages": [{"role": "user", "content": text}], **more}


def asked(body: Mapping[str, Any], *, route: Route = "chat", key: str = "", seed: int = 0) -> Asked:
    """The request as the endpoint understands it."""
    return read_asked(route, orjson.dumps(body), key, seed)


def post(body: Mapping[str, Any] | bytes, *, path: str = CHAT, key: str = "", method: bytes = b"POST") -> HttpRequest:
    """One whole request off the wire."""
    raw = body if isinstance(body, bytes) else orjson.dumps(body)
    return HttpRequest(method, path.encode(), key, raw, keep_alive=True)


def answer_of(plan: Plan) -> Any:
    """The JSON that a plan sends."""
    return orjson.loads(b"".join(plan.pieces).partition(b"\r\n\r\n")[2])


def answered(service: Service, body: Mapping[str, Any] | bytes, *, path: str = CHAT, key: str = "", now: float = 0.0) -> Any:
    """The JSON that the service answers with."""
    return answer_of(service.plan(post(body, path=path, key=key), now))


def raw_request(body: Mapping[str, Any], *, path: str = CHAT, key: str = "", length: int | None = None) -> bytes:
    """The bytes of a request."""
    raw = orjson.dumps(body)
    size = len(raw) if length is None else length
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {size}\r\nIdempotency-Key: {key}\r\n\r\n"
    return head.encode() + raw


async def talk(port: int, sent: bytes, *, timeout_s: float = 2.0) -> bytes:
    """Everything that comes back on one connection until the server closes it, or falls silent for good after `timeout_s`."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(sent)
    got = bytearray()
    try:
        async with asyncio.timeout(timeout_s):
            while part := await reader.read(1 << 16):
                got += part
    except TimeoutError:
        pass
    finally:
        writer.close()
    return bytes(got)


def closing(sent: bytes) -> bytes:
    """The same request, with the wish that the connection ends after it."""
    return sent.replace(b"Host: x\r\n", b"Host: x\r\nConnection: close\r\n", 1)


def body_of(reply: bytes) -> bytes:
    """The body of one reply, out of its chunks where it came in some."""
    head, _, body = reply.partition(b"\r\n\r\n")
    if b"Transfer-Encoding: chunked" not in head:
        return body
    whole = bytearray()
    while body:
        size, _, body = body.partition(b"\r\n")
        whole += body[: int(size, 16)]
        body = body[int(size, 16) + 2 :]
    return bytes(whole)


def events_of(body: bytes) -> list[Any]:
    """The JSON of the events of a stream, without its end mark."""
    lines = [line.removeprefix(b"data: ") for line in body.split(b"\n\n") if line]
    assert lines[-1] == b"[DONE]"
    return [orjson.loads(line) for line in lines[:-1]]


def rows_of(ledger: Path) -> list[dict[str, Any]]:
    """The lines of a ledger."""
    return [orjson.loads(line) for line in ledger.read_bytes().splitlines()]
