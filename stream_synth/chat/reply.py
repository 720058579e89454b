"""A reply's bytes to what was said: pure, one pass, tolerant of the dialects that servers speak."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import orjson

from stream_synth.values import NO_ANSWER, Json, Usage

FINISH = {"": "stop", "eos": "stop", "stop_sequence": "stop", "max_tokens": "length", "function_call": "tool_calls"}  # dialects
_THINK = re.compile(r"\A\s*<think(?:ing)?>(.*?)</think(?:ing)?>\s*", re.DOTALL)
_OPEN = re.compile(r"\A\s*<think(?:ing)?>")
_CLOSE = re.compile(r"</think(?:ing)?>\s*")


class Unreadable(ValueError):
    """The body is not a reply of the protocol."""


@dataclass(frozen=True, slots=True)
class Said:
    """One parsed reply. `usage` is None where the server sent none."""

    text: str
    reasoning: str
    finish_reason: str
    refusal: str
    usage: Usage | None
    tool_calls: tuple[Json, ...] = ()
    logprobs: tuple[Json, ...] = ()

    @property
    def outcome(self) -> str:
        """ok, truncated or refused."""
        if self.finish_reason == "content_filter" or self.refusal:
            return "refused"
        return "truncated" if self.finish_reason == "length" else "ok"


def read(body: bytes) -> Said:
    """The reply of a chat or raw completion. Raises `Unreadable` with the reason."""
    try:
        parsed = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Unreadable("empty body" if not body.strip() else f"no JSON: {error}") from error
    return read_parsed(parsed)


def read_route(body: bytes) -> Said:
    """The reply of a route that is no chat: its JSON stands as it came. Raises `Unreadable` where it is none."""
    try:
        parsed = orjson.loads(body)
        text = body.decode()
    except (orjson.JSONDecodeError, UnicodeDecodeError) as error:
        raise Unreadable(f"no JSON: {error}") from error
    usage = read_usage(parsed.get("usage")) if isinstance(parsed, dict) else None
    return Said(text, "", "stop", "", usage)


def read_parsed(parsed: Any) -> Said:  # noqa: ANN401  # whatever the server sent
    """The same from parsed JSON; a joined stream comes here directly."""
    try:
        choice = parsed["choices"][0]
        message = choice.get("message")
        finish = str(choice.get("finish_reason") or "")
        raw = message is None
        content = choice["text"] if raw else _content(message.get("content"))
    except (KeyError, IndexError, TypeError, AttributeError) as error:
        raise Unreadable("JSON without choices[0].message or choices[0].text") from error
    if not isinstance(content, str):
        raise Unreadable(f"choices[0] holds no text but {type(content).__name__}")
    finish = FINISH.get(finish, finish)
    logprobs = choice.get("logprobs")
    kept = tuple(logprobs.get("content") or ()) if isinstance(logprobs, dict) else ()
    usage = read_usage(parsed.get("usage"))
    if raw:
        return Said(content, "", finish, "", usage, (), kept)
    reasoning = message.get("reasoning_content") or message.get("reasoning") or ""
    text, reasoning = split_thinking(content, reasoning if isinstance(reasoning, str) else "", truncated=finish == "length")
    tool_calls = tuple(message.get("tool_calls") or ())
    refusal = str(message.get("refusal") or "")
    if not text.strip() and not tool_calls and finish == "stop" and not refusal:
        refusal = NO_ANSWER
    return Said(text, reasoning, finish, refusal, usage, tool_calls, kept)


def split_thinking(content: str, reasoning: str = "", *, truncated: bool = False) -> tuple[str, str]:
    """(answer, thinking). Chat templates often put `<think>` into the prompt, so a reply may hold only the closing tag.

    An opened block that never closes is all thinking when the reply ran out of tokens; otherwise the text is left alone.
    """
    if reasoning or "think" not in content:
        return content, reasoning
    if block := _THINK.match(content):
        return content[block.end() :], block[1].strip()
    opened = _OPEN.match(content)
    if opened is None and (close := _CLOSE.search(content)):
        return content[close.end() :], content[: close.start()].strip()
    if opened is not None and truncated:
        return "", content[opened.end() :].strip()
    return content, ""


def read_usage(usage: Any) -> Usage | None:  # noqa: ANN401
    """Token counts in the provider's words, or None when it sent none or nonsense."""
    if not isinstance(usage, dict):
        return None
    prompt, completion = _count(usage.get("prompt_tokens")), _count(usage.get("completion_tokens"))
    if not prompt and not completion:
        return None
    details, seen = usage.get("completion_tokens_details"), usage.get("prompt_tokens_details")
    thinking = _count(details.get("reasoning_tokens")) if isinstance(details, dict) else _count(usage.get("reasoning_tokens"))
    cached = _count(seen.get("cached_tokens")) if isinstance(seen, dict) else _count(usage.get("prompt_cache_hit_tokens"))
    return Usage(prompt, completion, min(thinking, completion), min(cached, prompt))


def _count(number: Any) -> int:  # noqa: ANN401
    return int(number) if isinstance(number, int | float) and 0 < number < 1e12 else 0


def _content(content: Any) -> Any:  # noqa: ANN401
    """Plain text of a message; some servers send a list of parts, or null beside tool calls and refusals."""
    if content is None:
        return ""
    if isinstance(content, list):
        return "".join(part.get("text") or "" for part in content if isinstance(part, dict))
    return content
