"""What a reply is read as. Every reader returns the value, or None: a reply that breaks its shape is never kept half-read."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

from stream_synth.errors import ConfigError
from stream_synth.recipes.shared.verdicts import SCORE_LINE
from stream_synth.recipes.steps.options import AskBlock
from stream_synth.verify import final_answer, json_in

_ITEM = re.compile(r"^[ \t]*(?:\d{1,3}[.)、．]|[-*•])[ \t]+(.+(?:\n(?![ \t]*(?:\d{1,3}[.)、．]|[-*•])[ \t]).+)*)", re.MULTILINE)
_FENCE = re.compile(r"^[ \t]*```[^\n]*\n(.*?)^[ \t]*```", re.MULTILINE | re.DOTALL)


def read(text: str, ask: AskBlock) -> Any:  # noqa: ANN401  # the parsed value
    """The reply's visible text as the block wants it; None when it is not in that shape."""
    return _READERS[ask.parse](text, ask)


def refuse_schema(ask: AskBlock) -> None:
    """Raises `ConfigError` for a schema that is none."""
    try:
        Draft202012Validator.check_schema(ask.schema)
    except SchemaError as error:
        raise ConfigError(f"ask {ask.name}: schema: {error.message}") from error


def _json(text: str, ask: AskBlock) -> Any:  # noqa: ANN401
    value = json_in(text)
    return value if Draft202012Validator(ask.schema).is_valid(value) else None


def _tags(text: str, ask: AskBlock) -> dict[str, str] | None:
    found: dict[str, str] = {}
    for tag in ask.tags:
        inside = re.findall(rf"<{re.escape(tag)}>(.*?)</{re.escape(tag)}>", text, re.DOTALL)
        if len(inside) != 1 or not inside[0].strip():
            return None
        found[tag] = inside[0].strip()
    return found


def _list(text: str, _: AskBlock) -> list[str] | None:
    return [item.strip() for item in _ITEM.findall(text)] or None


def _code(text: str, _: AskBlock) -> str | None:
    blocks = [block.strip("\n") for block in _FENCE.findall(text) if block.strip()]
    return "\n\n".join(blocks) or None


def _final_answer(text: str, _: AskBlock) -> str | None:
    found = final_answer(text)
    return found.text if found else None


def _score(text: str, ask: AskBlock) -> float | None:
    alone = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*", text)
    scores = {float(one) for one in ([alone[1]] if alone else SCORE_LINE.findall(text))}
    score = scores.pop() if len(scores) == 1 else None
    return score if score is not None and ask.low <= score <= ask.high else None


def _choice(text: str, ask: AskBlock) -> str | None:
    """The one choice that is named; of choices within each other ("correct", "incorrect") the longer counts."""
    left, named = text.casefold(), set()
    for choice in sorted(ask.choices, key=len, reverse=True):
        word = re.escape(choice.casefold())
        pattern = rf"(?<![a-z0-9]){word}(?![a-z0-9])" if choice.isascii() else word
        left, count = re.subn(pattern, "\0", left)
        if count:
            named.add(choice)
    return named.pop() if len(named) == 1 else None


_READERS: Mapping[str, Callable[[str, AskBlock], Any]] = {
    "text": lambda text, _: text.strip() or None,
    "json": _json,
    "tags": _tags,
    "list": _list,
    "code": _code,
    "final_answer": _final_answer,
    "score": _score,
    "choice": _choice,
}
