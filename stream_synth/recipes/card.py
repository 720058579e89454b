"""What a method says of itself: where it comes from, what goes in, what comes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, TypeAlias

Family: TypeAlias = Literal[
    "distillation", "instructions", "textbooks", "maths with gold answers", "self-evolution", "tools", "alignment", "programs"
]
Need: TypeAlias = Literal["gold answer", "stronger model", "tool", "raw completions", "training between rounds", "documents"]


@dataclass(frozen=True, slots=True)
class Card:
    """A recipe's card. `stream-synth recipes` prints it; the configuration is checked against `one_of`.

    `meta_keys` lists every key that the recipe writes into `Sample.meta`; a test holds it to that.
    """

    family: Family
    paper: str
    summary: str
    fields_in: Mapping[str, str]  # seed field -> what it holds
    fields_out: Mapping[str, str]  # Sample field -> what the recipe puts there
    meta_keys: Mapping[str, str]
    roles: Mapping[str, str] = field(default_factory=dict)  # endpoint role -> what it does; empty: no model
    needs: tuple[Need, ...] = ()
    one_of: tuple[str, ...] = ()  # at least one of these seed fields must be mapped
    rejects: Mapping[str, str] = field(default_factory=dict)  # "step/reason" -> what was wrong

    def as_json(self) -> dict[str, Any]:
        """For `recipes --json`."""
        return asdict(self)
