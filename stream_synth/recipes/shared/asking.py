"""The options that every recipe with a model shares, and the request they make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from stream_synth.errors import ConfigError
from stream_synth.recipes.shared.card import CardFile
from stream_synth.recipes.shared.expert import check_of
from stream_synth.text.sampling import Spread, check_params
from stream_synth.values import Message, Request


@dataclass(frozen=True, kw_only=True)
class Asking:
    """How a recipe asks. Whatever is None is not sent: the server's default holds."""

    card = CardFile()

    samples: int = field(default=1, metadata={"help": "independent replies per seed"})
    system: str = field(default="", metadata={"help": "system turn; it is part of the row, a seed's own comes first"})
    temperature: Spread | None = field(
        default=None,
        metadata={"help": "a number; [0.6, 1]: in turn; {uniform: [0.6, 1.2]}; {schedule: [0.6, 1.2], over: 10000}: by seeds"},
    )
    top_p: Spread | None = field(default=None, metadata={"help": "nucleus sampling; what temperature may be"})
    max_tokens: int | None = field(default=None, metadata={"help": "limit of a reply, thinking included; what runs into it is rejected"})
    params: Mapping[str, Any] = field(
        default_factory=dict, metadata={"help": "further body fields, sent as they stand; `shape` as the server wants it told"}
    )
    verify: Mapping[str, Any] = field(
        default_factory=dict,
        metadata={
            "help": "your check of each row: {call: module:function}, or {command: [...]}, row JSON in, verdict JSON out, in the sandbox"
        },
    )

    def __post_init__(self) -> None:
        check_params({"temperature": self.temperature, "top_p": self.top_p, **self.params})
        if self.samples < 1:
            raise ConfigError(f"samples is {self.samples}; ask for at least 1")
        if self.verify:
            check_of(self.verify)

    def request(self, turns: Sequence[Message], **more: Any) -> Request:  # noqa: ANN401  # body fields of any kind
        """One chat request. `more` are body fields of this step."""
        chosen = {"temperature": self.temperature, "top_p": self.top_p, "max_tokens": self.max_tokens}
        sent = {name: value for name, value in chosen.items() if value is not None}
        return Request(tuple(turns), params={**sent, **self.params, **more})
