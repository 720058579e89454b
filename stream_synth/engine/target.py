"""When enough is accepted, and which seeds are still worth opening."""

from __future__ import annotations

from dataclasses import dataclass

from stream_synth.values import Sample

MIN_YIELD = 0.02  # a seed is expected to bring at least this: keeps the look-ahead finite when nothing passes


@dataclass(slots=True)
class Target:
    """Counts accepted rows over the whole run directory. Only the lane counts; everyone may read."""

    rows: int | None
    tokens: int | None
    accepted: int = 0
    accepted_tokens: int = 0
    judged_seeds: int = 0  # of this invocation, for the expected yield
    judged_accepted: int = 0

    @property
    def reached(self) -> bool:
        """No further row may be accepted."""
        return (self.rows is not None and self.accepted >= self.rows) or (self.tokens is not None and self.accepted_tokens >= self.tokens)

    def count(self, sample: Sample) -> None:
        """One row was accepted."""
        self.judged_accepted += 1
        self.take(sample.reasoning_tokens + sample.answer_tokens)

    def take(self, tokens: int) -> None:
        """One row that was judged earlier is accepted."""
        self.accepted += 1
        self.accepted_tokens += tokens

    def wants_more(self, open_seeds: int) -> bool:
        """The seeds now open are not expected to fill the target: one more may open.

        Without this the last rows would be bought several times over: everything in flight when the target is reached is surplus.
        """
        if self.rows is None or open_seeds == 0:
            return True
        seed_yield = max((self.judged_accepted + 1) / (self.judged_seeds + 1), MIN_YIELD)
        return self.accepted + open_seeds * seed_yield < self.rows
