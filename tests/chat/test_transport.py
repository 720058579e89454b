from pathlib import Path
from random import Random

import pytest

from stream_synth.chat import Endpoint
from stream_synth.chat.transport import AiohttpTransport
from stream_synth.chat.upstream import Upstream
from stream_synth.chat.wire import CHAT, Broken, NeverSent, Outgoing
from stream_synth.errors import ChatError
from tests.chat.rig import Step, call, chatting, http, reply, scripted


def made(base_url: str) -> AiohttpTransport:
    return AiohttpTransport(Upstream(Endpoint(base_url=base_url, model="m"), "teacher", Random(0), 0.0))


async def test_whether_the_body_left_is_known() -> None:
    """Not after a refused connection; yes after one that was closed upon the request."""
    refused, lost = (Outgoing(CHAT, b"{}", {"Idempotency-Key": "0"}, streams=False) for _ in range(2))

    transport = made("http://127.0.0.1:1/v1")
    with pytest.raises(NeverSent):
        await transport.send(refused)
    await transport.close()
    async with scripted(lambda _: Step((), closes=True)) as server:
        transport = made(server.base_url)
        with pytest.raises(Broken):
            await transport.send(lost)
        await transport.close()

    assert not refused.written
    assert lost.written


async def test_connections_are_used_again(tmp_path: Path) -> None:
    """Calls one after another need one connection."""
    async with scripted(lambda _: reply()) as server, chatting(tmp_path, Endpoint(base_url=server.base_url, model="m")) as (chat, _):
        for n in range(20):
            await chat.complete(call(n))

    assert server.connections == 1


async def test_a_large_prompt_and_a_large_reply_pass(tmp_path: Path) -> None:
    """Two megabytes each way, without aiohttp's warning about large bodies."""
    large = reply("y" * 2_000_000)
    async with scripted(lambda _: large) as server, chatting(tmp_path, Endpoint(base_url=server.base_url, model="m")) as (chat, _):
        said = await chat.complete(call(text="x" * 2_000_000))

    assert len(said.text) == 2_000_000
    assert len(server.received[0].body["messages"][0]["content"]) == 2_000_000


async def test_redirects_are_not_followed(tmp_path: Path) -> None:
    """A POST that is sent on would become a GET, with the key."""
    moved = Step((http(302, b"{}", "Location: http://127.0.0.1:1/\r\n"),))
    async with scripted(lambda _: moved) as server, chatting(tmp_path, Endpoint(base_url=server.base_url, model="m")) as (chat, _):
        with pytest.raises(ChatError) as error:
            await chat.complete(call())

    assert error.value.status == 302


async def test_a_server_that_answers_a_stream_plainly_is_understood(tmp_path: Path) -> None:
    """`stream: true` at a gateway that ignores it."""
    async with scripted(lambda _: reply("plain")) as server:
        endpoint = Endpoint(base_url=server.base_url, model="m", stream=True)
        async with chatting(tmp_path, endpoint) as (chat, _):
            said = await chat.complete(call())

    assert said.text == "plain"


async def test_a_stream_cut_in_the_middle_is_ambiguous(tmp_path: Path) -> None:
    """Part of a reply is not a reply: it was paid for, and is asked again by policy."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
    cut = Step((head, b'30\r\ndata: {"choices": [{"delta": {"cont'), closes=True)
    async with scripted(lambda _: cut) as server:
        endpoint = Endpoint(base_url=server.base_url, model="m", stream=True, retry_ambiguous="never")
        async with chatting(tmp_path, endpoint) as (chat, _):
            with pytest.raises(ChatError) as error:
                await chat.complete(call())

    assert error.value.kind == "ambiguous"
