"""What the table test must know of a shipped configuration beyond the configuration itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Case:
    """One configuration of `configs/` and how to draw every reason on its recipe's card.

    `strict` are the overrides (options that are off as shipped), `rows` the seeds (None: those of the configuration) of the
    run in which each reason must occur, in Chinese and in English. `out_of_reach` matches the last messages of requests that
    the endpoint refuses for good. `undrawn` names reasons that cannot occur there, with why: unit tests draw them.
    """

    config: str
    strict: Sequence[str] = ()
    rows: Sequence[Mapping[str, Any]] | None = None
    out_of_reach: str = ""
    undrawn: Mapping[str, str] = field(default_factory=dict)  # step/reason -> why
    one_language: Mapping[str, str] = field(default_factory=dict)  # reasons that occur in one language only -> why
    calls: bool = True  # it asks a model
    languages: Sequence[str] = ("zh", "en")  # of its own rows
    program: str = ""  # without which it cannot run: skipped, and said so, where that is not installed
    replies: str = ""  # the configuration whose replies serve here too
