"""Which words a server understands when it is told the shape of a reply: found out by asking it, a few tokens a time."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping, Sequence

import openai

from stream_synth.chat.endpoint import Endpoint, read_key
from stream_synth.chat.shape import Dialect, told
from stream_synth.errors import ConfigError
from stream_synth.observe.doctor import Diagnosis

DIALECTS: tuple[Dialect, ...] = ("openai", "vllm", "vllm_guided", "sglang", "llama_cpp")
MOST_TOKENS = 64  # of a probe's reply; a thinking model may need them for less than its thought, and is then not judged
TIMEOUT_S = 60.0
# An answer that nobody gives by chance.
_SCHEMA = {"type": "object", "properties": {"zebra": {"const": 731}}, "required": ["zebra"], "additionalProperties": False}
_CHOICES = ["zebra-731", "zebra-732"]


async def probe(endpoints: Mapping[str, Sequence[Endpoint]], *, environ: Mapping[str, str] = os.environ) -> list[Diagnosis]:
    """One finding for each endpoint that is not started by the run. Costs up to ten short calls for each."""
    named = [(f"{role}: {one.name or one.model}", one) for role, many in endpoints.items() for one in many if one.serve is None]
    async with asyncio.TaskGroup() as group:
        asked = [group.create_task(_probed(name, endpoint, environ)) for name, endpoint in named]
    return [task.result() for task in asked]


async def _probed(name: str, endpoint: Endpoint, environ: Mapping[str, str]) -> Diagnosis:
    check = f"{name}: shapes"
    try:
        key = read_key(endpoint, environ)
        async with openai.AsyncOpenAI(base_url=endpoint.base_url, api_key=key or "none", max_retries=0, timeout=TIMEOUT_S) as client:
            kept = {dialect: await _kinds(client, endpoint, dialect) for dialect in (endpoint.shapes, *DIALECTS)}
    except (openai.APIConnectionError, openai.AuthenticationError, ConfigError) as error:
        return Diagnosis(check, "problem", f"could not be tried: {type(error).__name__}", "see the findings above")
    best = max(kept, key=lambda dialect: len(kept[dialect]))
    if kept[endpoint.shapes] or not kept[best]:
        said = f"shapes: {endpoint.shapes} holds for {', '.join(kept[endpoint.shapes]) or 'nothing; no other words do either'}"
        return Diagnosis(check, "ok" if kept[endpoint.shapes] else "warning", said, "" if kept[endpoint.shapes] else "set shapes: none")
    return Diagnosis(
        check, "warning", f"shapes: {endpoint.shapes} is not understood", f"set shapes: {best} ({', '.join(kept[best])} hold there)"
    )


async def _kinds(client: openai.AsyncOpenAI, endpoint: Endpoint, dialect: Dialect) -> list[str]:
    """The kinds of shape that a reply kept to."""
    kinds = []
    for kind, shape, wanted in (("json", {"json": _SCHEMA}, "731"), ("choice", {"choice": _CHOICES}, "zebra-73")):
        body = told(shape, dialect)
        if body and wanted in await _reply(client, endpoint, body):
            kinds.append(kind)
    return kinds


async def _reply(client: openai.AsyncOpenAI, endpoint: Endpoint, body: Mapping[str, object]) -> str:
    own = {name: value for name, value in endpoint.params.items() if name != "shape"}
    more = {"max_tokens": MOST_TOKENS, **own, **body, **endpoint.extra_body}
    try:
        reply = await client.chat.completions.create(
            model=endpoint.model, messages=[{"role": "user", "content": "Name an animal."}], extra_body=more
        )
    except openai.APIStatusError as error:
        if isinstance(error, openai.AuthenticationError):
            raise
        return ""
    return (reply.choices[0].message.content or "") if reply.choices else ""
