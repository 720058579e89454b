"""A seed that ends before it has candidates: for want of a question, say, or because what all of them need was not to be had."""

from __future__ import annotations

from typing import TypeVar

from stream_synth.values import Json, Rejected, Sample

Value = TypeVar("Value")


class Dropped(Exception):
    """Raised in `candidates`, whose last candidate is then this rejection; the arguments are those of `Rejected`."""

    def __init__(self, sample: Sample, step: str, reason: str, score: float | None = None, evidence: Json | None = None) -> None:
        super().__init__(f"{step}/{reason}")
        self.rejected = Rejected(sample, step, reason, score, evidence or {})


def sound(found: Value | Rejected) -> Value:
    """What was found, unless it is a rejection: then the seed ends with it. For use in `candidates` alone."""
    if isinstance(found, Rejected):
        raise Dropped(found.sample, found.step, found.reason, found.score, found.evidence)
    return found
