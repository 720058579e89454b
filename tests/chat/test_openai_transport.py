from pathlib import Path

import pytest

from stream_synth.chat import Endpoint
from stream_synth.errors import ChatError, EndpointDown
from tests.chat.rig import Received, Step, call, chatting, error, outcomes, reply, scripted

EVENTS = (
    b'data: {"choices": [{"delta": {"reasoning_content": "hm"}}]}\n\n',
    b'data: {"choices": [{"delta": {"content": "yes"}, "finish_reason": "stop"}]}\n\ndata: [DONE]\n\n',
)


async def test_the_sdk_carries_a_call_like_the_hot_path(tmp_path: Path) -> None:
    """The same body, the same headers, the same reply."""
    async with scripted(lambda _: reply("42")) as server:
        endpoint = Endpoint(base_url=server.base_url, model="m", transport="openai", extra_body={"top_k": 5})
        async with chatting(tmp_path, endpoint) as (chat, _):
            said = await chat.complete(call(1))

    assert said.text == "42"
    assert server.received[0].path == "/v1/chat/completions"
    assert server.received[0].body == {"model": "m", "top_k": 5, "messages": [{"role": "user", "content": "hello"}]}
    assert server.received[0].key == call(1).key.hex()
    assert server.received[0].headers["content-type"] == "application/json"


async def test_the_sdk_retries_nothing_by_itself(tmp_path: Path) -> None:
    """Errors come back classified by our table."""

    def script(received: Received) -> Step:
        return error(400, "too long") if received.call == 2 else error(500) if received.number == 0 else reply()

    async with (
        scripted(script) as server,
        chatting(tmp_path, Endpoint(base_url=server.base_url, model="m", transport="openai")) as (chat, journal),
    ):
        await chat.complete(call(1))
        with pytest.raises(ChatError, match="too long"):
            await chat.complete(call(2))
        ended = outcomes(journal)

    assert ended == ["server_error", "ok", "client_error"]


async def test_the_sdk_streams(tmp_path: Path) -> None:
    """Joined by the same joiner."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
    async with scripted(lambda _: Step((head, *EVENTS), closes=True)) as server:
        endpoint = Endpoint(base_url=server.base_url, model="m", transport="openai", stream=True)
        async with chatting(tmp_path, endpoint) as (chat, _):
            said = await chat.complete(call(1))

    assert (said.text, said.reasoning) == ("yes", "hm")


async def test_a_refused_connection_was_never_sent(tmp_path: Path) -> None:
    """And a lost one is ambiguous."""
    async with chatting(tmp_path, Endpoint(base_url="http://127.0.0.1:1/v1", model="m", transport="openai")) as (chat, journal):
        with pytest.raises(EndpointDown):
            await chat.complete(call(1))
        refused = set(outcomes(journal))
    async with scripted(lambda _: Step((), closes=True)) as server:
        endpoint = Endpoint(base_url=server.base_url, model="m", transport="openai", retry_ambiguous="never")
        async with chatting(tmp_path, endpoint) as (chat, _):
            with pytest.raises(ChatError) as lost:
                await chat.complete(call(2))

    assert refused == {"never_sent"}
    assert lost.value.kind == "ambiguous"
