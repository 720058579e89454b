from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

import pytest

from stream_synth.chat import Budget, Chat, Endpoint
from stream_synth.chat.price import Price
from stream_synth.chat.reply import Unreadable, read_route
from stream_synth.chat.wire import CHAT, address
from stream_synth.journal import Journal
from stream_synth.journal.naming import call_key, text_hash
from stream_synth.simulate import Options, serve
from stream_synth.values import Call, Request


@pytest.mark.parametrize("transport", ["aiohttp", "openai"])
async def test_a_route_lies_beside_v1_and_its_reply_stands_as_it_came(tmp_path: Path, transport: Literal["aiohttp", "openai"]) -> None:
    """Under a money budget too: a route writes no tokens, so its cost is bounded by its prompt. Usage and cost are counted."""
    request = Request(params={"input": "一段文字"}, route="/classify")
    call = Call(call_key("s", "x", 0), text_hash("m", request), "s", "x", 0, "reward", "m", request)
    async with serve(Options(latency="fixed:0", replies=[{"path": "/classify", "probs": [0.25]}])) as server:
        endpoint = Endpoint(base_url=server.base_url, model="m", transport=transport, price=Price(input=1.0, output=2.0))
        journal = Journal.open(tmp_path)
        async with Chat({"reward": [endpoint]}, journal, Budget(max_cost_usd=1.0)) as chat:
            completion = await chat.complete(call)
            again = await chat.complete(call)
        journal.close()

    assert json.loads(completion.text)["data"][0]["probs"] == [0.25]
    assert completion.usage.prompt_tokens > 0
    assert completion.usage.completion_tokens == 0
    assert again.text == completion.text


def test_addresses() -> None:
    """Chat paths belong to the base URL, routes to the server."""
    assert address("http://h:1/v1/", CHAT) == "http://h:1/v1/chat/completions"
    assert address("http://h:1/v1", "/classify") == "http://h:1/classify"
    assert address("http://h:1/proxy", "/rerank") == "http://h:1/proxy/rerank"


def test_a_route_is_part_of_the_text_hash() -> None:
    """The same body elsewhere is another question; a request without a route keeps the hash it always had."""
    assert text_hash("m", Request(params={"input": "x"}, route="/classify")) != text_hash("m", Request(params={"input": "x"}))
    assert text_hash("m", Request(({"role": "user", "content": "x"},))).hex() == "b7c9a8691c2be7ec7fe3b9c24c8a2d4e"


def test_a_reply_that_is_no_json_is_unreadable() -> None:
    """An HTML page of a proxy is retried like any unreadable reply."""
    with pytest.raises(Unreadable):
        read_route(b"<html>")
