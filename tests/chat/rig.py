"""A server that does byte by byte what a test tells it, and builders for what the tests say to it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any

import orjson

from stream_synth.chat import Budget, Chat, Endpoint
from stream_synth.chat.clock import LoopClock, Timer
from stream_synth.journal import Journal
from stream_synth.values import Call, Request

FASTER = 50.0  # a minute of backing off passes in 1.2 s


class FastClock(LoopClock):
    """The loop's clock with shorter seconds."""

    def now(self) -> float:
        """Quick seconds."""
        return super().now() * FASTER

    def call_at(self, when: float, callback: Callable[[], None]) -> Timer:
        """In quick seconds."""
        return super().call_at(when / FASTER, callback)


@dataclass
class Received:
    """One request as it came in."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]
    number: int  # from 0, over the server's life

    @property
    def key(self) -> str:
        """Of the call."""
        return self.headers["idempotency-key"]

    @property
    def call(self) -> int:
        """The call's number."""
        return int(self.key[16:], 16)


@dataclass
class Step:
    """What the server does with one request: send these bytes in order, waiting in between, then keep or close the connection."""

    parts: tuple[bytes, ...]
    pause_s: float = 0.0
    closes: bool = False
    before_s: float = 0.0


Script = Callable[[Received], Step]


def http(status: int, body: bytes, headers: str = "", *, length: int | None = None, kind: str = "application/json") -> bytes:
    """A whole HTTP reply."""
    head = f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {len(body) if length is None else length}\r\n{headers}\r\n"
    return head.encode() + body


def reply(text: str = "ok", finish: str = "stop", usage: tuple[int, int] | None = (10, 5), **message: object) -> Step:
    """A chat completion."""
    counted = None if usage is None else {"prompt_tokens": usage[0], "completion_tokens": usage[1]}
    body = {"choices": [{"message": {"content": text, **message}, "finish_reason": finish}], "usage": counted}
    return Step((http(200, orjson.dumps(body)),))


def error(status: int, message: str = "no", headers: str = "", code: str = "") -> Step:
    """An error in OpenAI's envelope."""
    return Step((http(status, orjson.dumps({"error": {"message": message, "code": code}}), headers),))


@dataclass
class Server:
    """What came in, and the address."""

    base_url: str = ""
    received: list[Received] = field(default_factory=list)
    connections: int = 0


@contextlib.asynccontextmanager
async def scripted(script: Script) -> AsyncIterator[Server]:
    """A server on a free port of this machine."""
    state, writers = Server(), set[asyncio.StreamWriter]()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        state.connections += 1
        writers.add(writer)
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
                headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
                body = orjson.loads(await reader.readexactly(int(headers["content-length"])))
                received = Received(head[0].split()[1], headers, body, len(state.received))
                state.received.append(received)
                step = script(received)
                await asyncio.sleep(step.before_s)
                for part in step.parts:
                    writer.write(part)
                    await writer.drain()
                    await asyncio.sleep(step.pause_s)
                if step.closes:
                    break
        writers.discard(writer)
        writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    state.base_url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    try:
        yield state
    finally:
        server.close()
        for writer in tuple(writers):
            writer.close()
        await asyncio.sleep(0)


def call(
    number: int = 0, *, model: str = "m", text: str = "hello", params: dict[str, Any] | None = None, prompt: str | None = None
) -> Call:
    """A distinct call."""
    request = Request(({"role": "user", "content": text},), prompt, params or {})
    key = blake2b(str(number).encode(), digest_size=8).digest() + number.to_bytes(8)
    return Call(key, text.encode().ljust(16, b"-")[:16], f"s{number}", "answer", 0, "teacher", model, request, number)


@contextlib.asynccontextmanager
async def chatting(folder: Path, *endpoints: Endpoint, budget: Budget | None = None) -> AsyncIterator[tuple[Chat, Journal]]:
    """A chat with these endpoints as the role `teacher`, over a journal in this folder, fifty times as fast as life."""
    journal = Journal.open(folder)
    try:
        async with Chat({"teacher": endpoints}, journal, budget or Budget(), seed=1, clock=FastClock()) as chat:
            yield chat, journal
    finally:
        journal.close()


def outcomes(journal: Journal) -> list[str]:
    """How every attempt ended, in order of settling."""
    _, columns = journal.outcomes_after(0, 10_000)
    return list(columns.get("outcome", []))
