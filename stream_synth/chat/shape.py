"""The shape that a reply must have, told to each server in its own words.

A request's params may hold `shape`: one of `{json: schema}`, `{regex: pattern}`, `{choice: [texts]}`, `{grammar: GBNF}`. Servers
that cannot be told a kind are not told: whoever asked reads the reply strictly anyway, and rejects what is out of shape.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeAlias

from stream_synth.errors import ConfigError

Dialect: TypeAlias = Literal["openai", "vllm", "vllm_guided", "sglang", "llama_cpp", "none"]
KINDS = ("json", "regex", "choice", "grammar")


def told(shape: Mapping[str, Any], dialect: Dialect) -> dict[str, Any]:
    """Body fields for this server; empty when it cannot be told. Raises `ConfigError` unless the shape is one of `KINDS`."""
    if len(shape) != 1 or next(iter(shape)) not in KINDS:
        raise ConfigError(f"shape holds {', '.join(shape) or 'nothing'}; give exactly one of {', '.join(KINDS)}")
    [(kind, value)] = shape.items()
    say = _DIALECTS[dialect].get(kind)
    return say(value) if say else {}


def _json_schema(schema: Any) -> dict[str, Any]:  # noqa: ANN401  # JSON Schema
    return {"response_format": {"type": "json_schema", "json_schema": {"name": "reply", "schema": schema, "strict": True}}}


def _gbnf_choice(choices: list[str]) -> dict[str, Any]:
    return {"grammar": "root ::= " + " | ".join(json.dumps(one, ensure_ascii=False) for one in choices)}


def _regex_choice(choices: list[str]) -> dict[str, Any]:
    return {"regex": "(" + "|".join(map(re.escape, choices)) + ")"}


def _field(name: str) -> Callable[[Any], dict[str, Any]]:
    return lambda value: {name: value}


def _structured(kind: str) -> Callable[[Any], dict[str, Any]]:
    return lambda value: {"structured_outputs": {kind: value}}


# OpenAI's response_format; vLLM's structured_outputs from 0.12 on, guided_* before; SGLang's own fields; llama.cpp's server, which
# forgets response_format when it is started with --skip-chat-parsing.
_DIALECTS: Mapping[Dialect, Mapping[str, Callable[[Any], dict[str, Any]]]] = {
    "openai": {"json": _json_schema},
    "vllm": {kind: _structured(kind) for kind in KINDS},
    "vllm_guided": {kind: _field(f"guided_{kind}") for kind in KINDS},
    "sglang": {"json": _json_schema, "regex": _field("regex"), "grammar": _field("ebnf"), "choice": _regex_choice},
    "llama_cpp": {"json": _json_schema, "grammar": _field("grammar"), "choice": _gbnf_choice},
    "none": {},
}
