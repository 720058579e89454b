from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import orjson
import pytest
from openai import AsyncOpenAI

from stream_synth.errors import ConfigError
from stream_synth.simulate import FAULT_KINDS, Options, serve
from tests.simulate.asking import body_of, chat, closing, raw_request, rows_of, talk

REPLY = [{"reply": "一二三四五六七八。", "reasoning": "想。"}]


def options(**more: Any) -> Options:
    return Options(**{"latency": "fixed:0", "replies": REPLY, **more})


async def test_openais_client_is_served() -> None:
    """Chat, stream, raw completions and the list of models."""
    async with serve(options()) as server, AsyncOpenAI(base_url=server.base_url, api_key="none") as client:
        whole = await client.chat.completions.create(model="m", messages=[{"role": "user", "content": "问"}])
        stream = await client.chat.completions.create(
            model="m", messages=[{"role": "user", "content": "问"}], stream=True, stream_options={"include_usage": True}
        )
        chunks = [chunk async for chunk in stream]
        raw = await client.completions.create(model="m", prompt="问")
        models = await client.models.list()

    assert whole.choices[0].message.content == raw.choices[0].text == REPLY[0]["reply"]
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices) == REPLY[0]["reply"]
    assert chunks[-1].usage == whole.usage
    assert [model.id for model in models.data] == ["my-model"]


async def test_requests_sent_ahead_are_answered_in_order(tmp_path: Path) -> None:
    """Three on one connection, the first of them slow; each is on the ledger."""
    echo = [{"last": "slow", "reply": "{question}"}, {"reply": "{question}"}]
    async with serve(options(replies=echo, latency="uniform:0,0.02", ledger=tmp_path / "ledger.jsonl")) as server:
        sent = b"".join(raw_request(chat(text)) for text in ("slow", "two")) + closing(raw_request(chat("three")))
        got = await talk(server.port, sent)

    texts = [orjson.loads(part.partition(b"\r\n\r\n")[2])["choices"][0]["message"]["content"] for part in got.split(b"HTTP/1.1 200 OK")[1:]]
    assert texts == ["slow", "two", "three"]
    assert len(rows_of(tmp_path / "ledger.jsonl")) == 3


# What arrives of a reply of `whole` bytes: status line, how much of the body, whether it was on the bill, and delivered.
STRUCK = {
    "status": (b"503 Service Unavailable", None, None),
    "html": (b"502 Bad Gateway", None, None),
    "malformed_json": (b"200 OK", 0.5, True),
    "empty_body": (b"200 OK", 0.0, True),
    "truncated_body": (b"200 OK", 0.5, False),
    "close_before_reply": (b"", 0.0, False),
    "close_after_headers": (b"200 OK", 0.0, False),
    "slow_loris": (b"200 OK", 1.0, True),
    "hang": (b"", 0.0, False),
    "length": (b"200 OK", None, True),
    "content_filter": (b"200 OK", None, True),
    "missing_usage": (b"200 OK", None, True),
}


def test_every_kind_of_fault_is_looked_at() -> None:
    """The table above and the outage below."""
    assert STRUCK.keys() | {"refuse_connections"} == FAULT_KINDS.keys()


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("kind", STRUCK)
async def test_a_fault_does_what_its_name_says(tmp_path: Path, kind: str, stream: bool) -> None:  # noqa: FBT001  # a parameter of the test
    """On the wire and on the ledger, as one reply or as a stream."""
    ledger = tmp_path / "ledger.jsonl"
    fault = {"kind": kind, "pause_s": 0.001, "pieces": 5} | ({"status": 503} if kind == "status" else {})
    asks = closing(raw_request(chat("问", stream=stream)))
    async with serve(options()) as sound:
        whole = len(body_of(await talk(sound.port, asks)))
    async with serve(options(faults=[fault], ledger=ledger)) as server:
        got = await talk(server.port, asks, timeout_s=0.05 if kind == "hang" else 2)

    start, share, delivered = STRUCK[kind]
    assert got.partition(b"\r\n")[0] == (b"HTTP/1.1 " + start if start else b"")
    if share is not None:
        assert len(got.partition(b"\r\n\r\n")[2]) == pytest.approx(whole * share, abs=0.1 * whole)
    assert [row["delivered"] for row in rows_of(ledger)] == ([] if delivered is None else [delivered])


async def test_connections_are_refused_for_a_while() -> None:
    """Between `from_s` and `until_s` nobody listens; then the port is the same."""
    async with serve(options(faults=[{"kind": "refuse_connections", "from_s": 0.0, "until_s": 0.05}])) as server:
        await asyncio.sleep(0.01)
        with pytest.raises(ConnectionRefusedError):
            await talk(server.port, closing(raw_request(chat("x"))))
        await asyncio.sleep(0.06)
        got = await talk(server.port, closing(raw_request(chat("x"))))

    assert got.startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("stream", [False, True])
async def test_a_client_that_leaves_is_charged(tmp_path: Path, stream: bool) -> None:  # noqa: FBT001  # a parameter of the test
    """The reply is finished all the same, and not delivered; the next client is served."""
    ledger = tmp_path / "ledger.jsonl"
    async with serve(options(latency="fixed:0.02", tokens_per_second=400, ledger=ledger)) as server:
        _, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(raw_request(chat("问", stream=stream), key="gone"))
        await asyncio.sleep(0.01)
        writer.close()
        await asyncio.sleep(0.06)
        await talk(server.port, closing(raw_request(chat("问", stream=stream), key="here")))
        counts = server.counts

    rows = {row["idempotency_key"]: row for row in rows_of(ledger)}
    assert list(rows["gone"]) == [
        *("request_hash", "idempotency_key", "received_at", "answered_at"),
        *("status", "prompt_tokens", "completion_tokens", "delivered"),
    ]
    assert (rows["gone"]["delivered"], rows["here"]["delivered"]) == (False, True)
    assert rows["gone"]["request_hash"] == rows["here"]["request_hash"]
    assert (rows["gone"]["status"], rows["gone"]["prompt_tokens"], rows["gone"]["completion_tokens"]) == (200, 1, 11)
    assert rows["gone"]["answered_at"] - rows["gone"]["received_at"] >= 0.02
    assert (counts.charged, counts.undelivered, counts.in_flight) == (2, 1, 0)


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"nonsense\r\n\r\n", b"400"),
        (b"POST /v1/chat/completions HTTP/1.1\r\n\r\n", b"411"),
        (b"POST /v1/chat/completions HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", b"411"),
        (b"POST /v1/chat/completions HTTP/1.1\r\nContent-Length: ten\r\n\r\n", b"400"),
        (b"POST /v1/chat/completions HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n", b"413"),
        (b"GET / HTTP/1.1\r\nX: " + b"x" * 70_000, b"431"),
    ],
)
async def test_what_is_no_request_ends_the_connection(sent: bytes, status: bytes) -> None:
    """With a status and an error in OpenAI's envelope."""
    async with serve(options()) as server:
        got = await talk(server.port, sent)

    assert got.startswith(b"HTTP/1.1 " + status)
    assert orjson.loads(got.partition(b"\r\n\r\n")[2])["error"]["message"]


async def test_a_long_body_is_taken_in_parts() -> None:
    """Head and body in several packets, after `100 Continue` where the client waits for it."""
    raw = raw_request(chat("x" * 200_000)).replace(b"Host: x\r\n", b"Host: x\r\nExpect: 100-continue\r\nConnection: close\r\n", 1)
    async with serve(options()) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        cut = raw.index(b"\r\n\r\n") + 4
        writer.write(raw[:20])
        await asyncio.sleep(0.005)
        writer.write(raw[20:cut])
        first = await reader.readuntil(b"\r\n\r\n")
        writer.write(raw[cut:])
        rest = await reader.read()
        writer.close()

    assert first == b"HTTP/1.1 100 Continue\r\n\r\n"
    assert orjson.loads(body_of(rest))["usage"]["prompt_tokens"] == 50_000


async def test_slots_are_queued_for() -> None:
    """Four at once on two slots take two rounds."""
    async with serve(options(latency="fixed:0.03", slots=2)) as server:
        start = asyncio.get_running_loop().time()
        await asyncio.gather(*(talk(server.port, closing(raw_request(chat(f"x{n}")))) for n in range(4)))
        took_s = asyncio.get_running_loop().time() - start
        most = server.counts.most_in_flight

    assert took_s >= 0.06
    assert most == 4


async def test_a_taken_port_is_one_clear_error() -> None:
    """It says which address, and what to do."""
    async with serve(options()) as server:
        with pytest.raises(ConfigError, match=f"{server.port}.*choose another port"):
            async with serve(options(port=server.port)):
                pass
