"""A seed read as a conversation that waits for an answer: one question, or several turns."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from stream_synth.recipes.shared.prompts import load
from stream_synth.values import Message, Rejected, Sample, Seed
from stream_synth.verify import gold_answer, language_of

_SPEAKERS = {"human": "user", "gpt": "assistant", "bot": "assistant", "observation": "tool"}  # ShareGPT's names for the roles
_ROLES = frozenset({"system", "user", "assistant", "tool"})
_NAMES = {
    "zh": {"user": "用户：", "assistant": "助手：", "tool": "工具："},
    "en": {"user": "User: ", "assistant": "Assistant: ", "tool": "Tool: "},
}


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked. `turns` are as they will be taught: system, earlier turns, and the user's last."""

    turns: tuple[Message, ...]
    prompt: str  # the user's words, all turns, blank lines between them
    lang: str
    reference: str = ""  # the row's own answer, as it stands
    gold: tuple[str, ...] = ()  # the answers that are right; empty where equality cannot judge
    answer_kind: str = ""  # exact, set or open, where the row says so

    def asked(self) -> str:
        """The last user turn."""
        return str(self.turns[-1]["content"])

    def laid_out(self) -> str:
        """Everything said so far as one text, for a prompt that speaks about it; without the system turn."""
        *earlier, last = [turn for turn in self.turns if turn["role"] != "system"]
        if not earlier:
            return str(last["content"])
        told = "\n".join(f"{_NAMES['zh' if self.lang == 'zh' else 'en'][turn['role']]}{turn['content']}" for turn in earlier)
        return load("shared", "dialogue", self.lang).fill(turns=told, question=str(last["content"]))


def read_question(seed: Seed, system: str = "") -> Question | Rejected:
    """The conversation in `messages`, or else `question`; a seed that holds neither is `Rejected` at step `seed`."""
    fields = seed.fields
    given = _turns(fields.get("messages")) if fields.get("messages") else [{"role": "user", "content": _text(fields.get("question"))}]
    if given is None:
        return _unusable("bad_messages", "messages is not a list of turns with role and content")
    reference = _text(fields.get("answer"))
    if given and given[-1]["role"] == "assistant":
        reference = reference or str(given[-1]["content"])
        given = given[:-1]
    if not given or given[-1]["role"] not in {"user", "tool"} or not str(given[-1]["content"]).strip():
        return _unusable("no_question", "neither question nor messages with a last user turn")
    spoken = [turn for turn in given if turn["role"] != "system"]
    lang = _text(fields.get("lang")) or language_of("\n".join(str(turn["content"]) for turn in spoken if turn["role"] == "user"))
    spoken = _with_context(spoken, _text(fields.get("context")), lang)
    own = [str(turn["content"]) for turn in given if turn["role"] == "system"]
    said = _text(fields.get("system")) or "\n\n".join(own) or system
    turns = ([{"role": "system", "content": said}] if said else []) + spoken
    prompt = "\n\n".join(str(turn["content"]) for turn in spoken if turn["role"] == "user")
    return Question(tuple(turns), prompt, lang, reference, golds(fields, reference), _text(fields.get("answer_kind")))


def golds(fields: Mapping[str, Any], reference: str) -> tuple[str, ...]:
    """The answers that are right, of a `set` the one that names all its parts.

    None where equality cannot judge: the row is `open`, or an answer is prose.
    """
    given, kind = fields.get("answer"), fields.get("answer_kind")
    if kind == "open":
        return ()
    several = [str(one) for one in given] if isinstance(given, list | tuple) else [reference]
    found = [gold_answer(one) for one in ([", ".join(several)] if kind == "set" else several) if one.strip()]
    return tuple(one.text for one in found if one) if all(found) else ()


def _with_context(turns: list[dict[str, Any]], context: str, lang: str) -> list[dict[str, Any]]:
    """Before the first question, so that later turns can refer to it."""
    first = next((position for position, turn in enumerate(turns) if turn["role"] == "user"), None)
    if not context or first is None:
        return turns
    placed = load("shared", "context", lang).fill(context=context, question=str(turns[first]["content"]))
    return [*turns[:first], {**turns[first], "content": placed}, *turns[first + 1 :]]


def _turns(given: Any) -> list[dict[str, Any]] | None:  # noqa: ANN401  # whatever the row holds
    """Turns as role/content; None when they are anything else. JSON text is read first: CSV and SQL hold lists that way."""
    if isinstance(given, str):
        try:
            given = json.loads(given)
        except json.JSONDecodeError:
            return None
    if not isinstance(given, Sequence) or isinstance(given, str | bytes):
        return None
    turns = [_turn(one) for one in given]
    return None if any(turn is None for turn in turns) else [turn for turn in turns if turn is not None]


def _turn(given: Any) -> dict[str, Any] | None:  # noqa: ANN401
    if not isinstance(given, Mapping):
        return None
    role = given.get("role") or _SPEAKERS.get(str(given.get("from")), given.get("from"))
    content = given.get("content") if "content" in given else given.get("value")
    if role not in _ROLES or not isinstance(content, str):
        return None
    rest = {key: kept for key, kept in given.items() if key not in {"role", "from", "content", "value"}}
    return {"role": role, "content": content, **rest}


def _text(given: Any) -> str:  # noqa: ANN401
    """A field as text; a list of right answers joined, as it is read by people."""
    if isinstance(given, list | tuple):
        return " / ".join(map(str, given))
    return "" if given is None else str(given).strip()


def _unusable(reason: str, what: str) -> Rejected:
    return Rejected(Sample("", "", slot="seed"), "seed", reason, evidence={"problem": what})
