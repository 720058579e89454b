"""How chat models see a conversation: the text around its turns, up to where the user's next turn begins."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from typing import Any

from stream_synth.errors import ConfigError
from stream_synth.values import Message


@dataclass(frozen=True)
class ChatFormat:
    """The text before and after turns. The token that begins a text is left to the server: vLLM and llama.cpp add it themselves."""

    user: str  # before the user's turn
    answer: str  # between it and the assistant's
    end: str  # after the assistant's
    stop: tuple[str, ...]  # whatever ends a turn; at most 3, since services take 4 and the line feed is one
    begin: str = ""
    system: str = ""  # with {system}; empty: the format has no system turn
    default_system: str = ""  # what the model's own template puts there when nobody else does

    def pre_query(self, system: str, turns: Sequence[Message]) -> str:
        """The text up to the place where the user's next turn begins. An empty system turn is left out."""
        told = self.system.replace("{system}", system) if system else ""
        opened = {"user": self.user, "assistant": self.answer}
        closed = {"user": "", "assistant": self.end}
        spoken = "".join(f"{opened[turn['role']]}{turn['content']}{closed[turn['role']]}" for turn in turns)
        return f"{self.begin}{told}{spoken}{self.user}"


@cache
def chat_formats() -> Mapping[str, Mapping[str, Any]]:
    """The formats that come with the package, by name."""
    known: dict[str, dict[str, Any]] = json.loads((files("stream_synth.recipes") / "chat_formats.json").read_text("utf-8"))
    return known


def chat_format(name: str, own: Mapping[str, Any]) -> ChatFormat:
    """One of the package's formats, or your own. Raises `ConfigError` naming the key that is wrong."""
    if not own and name not in chat_formats():
        raise ConfigError(f"chat_format is {name!r}; it may be {', '.join(chat_formats())}, or write your own under own_format")
    given = own or chat_formats()[name]
    known = {one.name for one in fields(ChatFormat)}
    wrong = sorted({"user", "answer", "end", "stop"} - set(given)) or sorted(set(given) - known)
    if wrong or not 1 <= len(given["stop"]) <= 3 or isinstance(given["stop"], str):
        raise ConfigError(f"own_format: look at {', '.join(wrong) or 'stop'}; it needs user, answer, end and stop (1 to 3 texts)")
    return ChatFormat(**{**given, "stop": tuple(given["stop"])})
