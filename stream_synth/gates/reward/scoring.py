"""What scorers give and what they are: those that compute, and those that ask."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from stream_synth.gates import asking
from stream_synth.protocols import Chat
from stream_synth.text import language
from stream_synth.values import Completion, Request, Sample

LANGUAGE_CHARS = 2000  # enough to tell the language of a row


@dataclass(frozen=True, slots=True)
class Score:
    """What a scorer says of one row. Without a raw score there is a reason: no score is never a 0."""

    raw: float | None
    reason: str = ""
    evidence: Mapping[str, Any] = field(default_factory=dict)
    fails: str = ""  # why the row fails whatever its score: a mark below its threshold


class Local(Protocol):
    """A scorer that computes."""

    @property
    def name(self) -> str:
        """Names the scorer and its version or model."""
        ...

    @property
    def bounds(self) -> tuple[float, float] | None:
        """Of the raw scale; None: unbounded."""
        ...

    def scores(self, batch: Sequence[Sample]) -> list[Score]:
        """One for each sample; may run in any thread."""
        ...


class Asking(Protocol):
    """A scorer that costs calls."""

    @property
    def name(self) -> str:
        """Names the scorer."""
        ...

    @property
    def bounds(self) -> tuple[float, float] | None:
        """Of the raw scale."""
        ...

    async def score(self, sample: Sample, chat: Chat) -> Score:
        """The score of one sample. `ChatError` is turned into a reason; other errors stop the run."""
        ...


def answer_of(sample: Sample) -> str:
    """The text to be scored: the response, or the preferred one of a pair."""
    return sample.response or sample.chosen or ""


def language_of(sample: Sample) -> str:
    """The language whose weights and calibration serve this row."""
    return sample.lang or language(f"{sample.prompt[:LANGUAGE_CHARS]}\n{answer_of(sample)[:LANGUAGE_CHARS]}")


async def asked(sample: Sample, chat: Chat, role: str, step: str, request: Request) -> Completion:
    """One call of the scorer about this sample."""
    return await asking.asked(sample, chat, role, f"reward:{step}", request)
