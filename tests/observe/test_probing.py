from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from stream_synth.chat.endpoint import Endpoint
from stream_synth.chat.shape import Dialect
from stream_synth.observe.doctor import Diagnosis
from stream_synth.observe.probing import probe
from tests.chat.rig import Received, Step, reply, scripted

UNDERSTANDS: dict[str, Callable[[dict[str, Any]], str]] = {
    "llama_cpp": lambda body: '{"zebra": 731}' if "response_format" in body else "zebra-732" if "grammar" in body else "A dog.",
    "vllm": lambda body: '{"zebra":731}' if "json" in body.get("structured_outputs", {}) else "A cat, or a dog.",
    "none": lambda _: "A horse.",
}


async def probed(server: str, shapes: Dialect) -> Diagnosis:
    """What is found of a server of this kind when the configuration says `shapes`."""

    def script(received: Received) -> Step:
        return reply(UNDERSTANDS[server](received.body))

    async with scripted(script) as listening:
        [finding] = await probe({"teacher": [Endpoint(base_url=listening.base_url, model="m", shapes=shapes)]}, environ={})
    return finding


async def test_a_server_that_understands_is_well() -> None:
    """The kinds that hold are named."""
    found = await probed("llama_cpp", "llama_cpp")

    assert (found.state, found.message) == ("ok", "shapes: llama_cpp holds for json, choice")


@pytest.mark.parametrize(("server", "remedy"), [("vllm", "set shapes: vllm (json hold there)"), ("none", "set shapes: none")])
async def test_a_server_that_does_not_is_told_in_other_words(server: str, remedy: str) -> None:
    """Those that it understands, or none."""
    found = await probed(server, "openai")

    assert (found.state, found.remedy) == ("warning", remedy)


async def test_a_server_out_of_reach_is_a_problem() -> None:
    """And no traceback."""
    [found] = await probe({"teacher": [Endpoint(base_url="http://127.0.0.1:9/v1", model="m")]}, environ={})

    assert found.state == "problem"
