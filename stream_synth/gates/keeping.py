"""Which of several duplicates stays: the first one, or the one with the best score.

Rows are decided once and in order, so the first of a cluster is accepted whatever comes later. With `keep: best` the others are
rejected with their score and marked; an export then takes the best of each cluster in place of the first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Protocol, TypeAlias

from stream_synth.errors import ConfigError
from stream_synth.values import Verdict

Keep: TypeAlias = Literal["first", "best"]
HELP = "first, or best: exports take the better-scored twin; rows need a score by then, so list `reward` before this gate"


class Looked(Protocol):
    """What a duplicate gate measured of a row, with a place for what it found when it looked."""

    found: Verdict | None


def checked(keep: str, gate: str) -> None:
    """Raise ConfigError for another word."""
    if keep not in {"first", "best"}:
        raise ConfigError(f"{gate}.keep is {keep!r}: choose first or best")


def put_off(keep: Keep, measured: Sequence[Looked], verdicts: list[Verdict | None]) -> list[Verdict | None]:
    """With `best` a rejection waits for `admit`, which the scorers before this gate have passed by then."""
    if keep == "first":
        return verdicts
    for one, verdict in zip(measured, verdicts, strict=True):
        one.found = verdict
    return [None] * len(verdicts)


def marked(keep: Keep, evidence: Mapping[str, Any]) -> Mapping[str, Any]:
    """The evidence, by which an export knows that the better twin is wanted."""
    return evidence if keep == "first" else {**evidence, "keep": keep}
