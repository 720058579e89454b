"""What is said: the reply of the first rule that matches, else made-up text."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from stream_synth.simulate import pseudo
from stream_synth.simulate.asked import Asked
from stream_synth.simulate.distribution import quantile
from stream_synth.simulate.options import Options
from stream_synth.simulate.script import PATTERNS, Line, Matcher, matcher, read_script
from stream_synth.simulate.tokens import count, cut, is_chinese

_SAID = frozenset({"reasoning", "finish_reason", "logprobs", "refusal", "tool_calls", "label", "probs", "pooled"})
_KNOWN = frozenset({*PATTERNS, *_SAID, "reply", "note"})
_ONE = _SAID | {"reply"}
_TYPES: dict[str, tuple[Any, str]] = {
    "reasoning": (str, "write a string"),
    "finish_reason": (str, "write a string, as stop or length"),
    "refusal": (str | None, "write a string"),
    "label": (str, "write a string"),
    "logprobs": (list | None, "give a list with one object for each token"),
    "tool_calls": (list | None, "give a list"),
    "probs": (list, "give a list of numbers"),
}
_PLACE = re.compile(r"\{([A-Za-z_]\w*)\}")  # digits stay: \boxed{72} is an answer, not a place
_THINKING_SHARE = 1.5  # tokens of thinking for each of the answer: traces are longer than answers


@dataclass(frozen=True, slots=True)
class Said:
    """One reply before it is put into any protocol."""

    text: str
    reasoning: str = ""
    finish_reason: str = "stop"
    logprobs: Sequence[Any] | None = None
    refusal: str | None = None
    tool_calls: Sequence[Any] | None = None
    label: str = "LABEL_0"  # of /classify
    probs: Sequence[float] | None = None  # of /classify; None: drawn from the hash
    pooled: Any = None  # of /pooling: a list of numbers or of lists; None: drawn

    @property
    def reasoning_tokens(self) -> int:
        """Tokens of the thinking."""
        return count(self.reasoning)

    @property
    def completion_tokens(self) -> int:
        """Tokens of thinking, text and refusal; at least 1, the end."""
        return max(1, count(self.text) + count(self.reasoning) + count(self.refusal or ""))


@dataclass(slots=True)
class _Rule:
    matcher: Matcher
    replies: tuple[Mapping[str, Any], ...]
    answered: int = 0
    positions: dict[str, dict[str, int]] = field(default_factory=dict)  # request -> key -> which of the replies

    def position(self, asked: Asked) -> int:
        """Which sample of its request this is: keys in order of arrival; without keys, one after the other."""
        if len(self.replies) == 1:
            return 0
        seen = self.positions.setdefault(asked.request_hash, {})
        return seen.setdefault(asked.key or f"#{len(seen)}", len(seen)) % len(self.replies)


class Replies:
    """The rules of a file, in order, and the made-up text behind them."""

    def __init__(self, options: Options) -> None:
        self._rules = read_script(options.replies, "replies", _rule)
        self._tokens = quantile("reply_tokens", options.reply_tokens)
        self._thinking = options.thinking

    def say(self, asked: Asked) -> Said:
        """The reply to this request."""
        for rule in self._rules:
            groups = rule.matcher.match(asked)
            if groups is not None:
                rule.answered += 1
                places = {"question": asked.question, "model": asked.model, "n": str(rule.answered)} | groups
                return _filled(rule.replies[rule.position(asked)], places)
        return self._made_up(asked)

    def thinks(self, asked: Asked) -> bool:
        """Thinking is on for this request."""
        return self._thinking if asked.thinks is None else asked.thinks

    def _made_up(self, asked: Asked) -> Said:
        """Text from the request's hash. It keeps within `max_tokens` where a whole sentence fits, as a short answer would."""
        chinese = is_chinese(asked.question)
        wanted, room = round(self._tokens(asked.share(b"tokens"))), asked.max_tokens
        reasoning = ""
        if asked.route == "chat" and self.thinks(asked):
            share = min(wanted * _THINKING_SHARE, room / 2)
            reasoning = cut(pseudo.thinking(asked.digest, round(share), asked.question, chinese=chinese), room)
            room -= count(reasoning)
        text = pseudo.reply(asked.digest, min(wanted, room), chinese=chinese) if room > 0 else ""
        whole = text.endswith((".", "。"))
        return Said(text, reasoning, "stop" if whole or wanted < room else "length")


def _rule(line: Line) -> _Rule:
    line.check_keys(_KNOWN)
    if not {"reply", "probs", "pooled", "tool_calls", "refusal"} & set(line.row):
        raise line.error("no reply", 'add "reply": "text", or a list with one reply for each sample')
    given = line.row.get("reply", "")
    _check_types(line)
    shared = {name: line.row[name] for name in _SAID if name in line.row}
    several = given if isinstance(given, list) else [given]
    if not several:
        raise line.error("reply is an empty list", "give at least one reply")
    return _Rule(matcher(line), tuple(shared | _one(line, reply) for reply in several))


def _one(line: Line, reply: Any) -> dict[str, Any]:  # noqa: ANN401  # whatever the file holds
    if isinstance(reply, str):
        return {"text": reply}
    if not isinstance(reply, dict) or not isinstance(reply.get("reply", ""), str):
        raise line.error(f"a reply is {reply!r}", 'write a string, or an object as {"reply": "text", "finish_reason": "length"}')
    one = Line(reply, line.where)
    one.check_keys(_ONE)
    _check_types(one)
    return {"text" if name == "reply" else name: value for name, value in reply.items()}


def _check_types(line: Line) -> None:
    """What is said has the type that the protocols give it."""
    for name, (types, remedy) in _TYPES.items():
        if name in line.row and not isinstance(line.row[name], types):
            raise line.error(f"{name} is {line.row[name]!r}", remedy)
    probs = line.row.get("probs", ())
    if not all(isinstance(share, int | float) for share in probs):
        raise line.error(f"probs is {probs!r}", "give a list of numbers")
    for token in line.row.get("logprobs") or ():
        if not isinstance(token, Mapping) or not {"token", "logprob"} <= token.keys():
            raise line.error(f"logprobs holds {token!r}", 'write {"token": "a", "logprob": -0.1} for each token')


def _filled(reply: Mapping[str, Any], places: Mapping[str, str]) -> Said:
    """Places `{name}` that are known are filled, all other braces stay as they are."""
    texts = {
        name: _PLACE.sub(lambda place: places.get(place[1], place[0]), text)
        for name, text in reply.items()
        if name in {"text", "reasoning", "refusal"} and isinstance(text, str)
    }
    return Said(**{"text": "", **reply, **texts})
