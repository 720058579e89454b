"""Which answer most solutions agree on: answers are grouped by meaning, not by spelling, and an answer that is missing is no vote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from stream_synth.verify.equality import same_answer


@dataclass(frozen=True, slots=True)
class Vote:
    """How a vote ended. `winners` has more than one answer when they tie."""

    ballots: tuple[str | None, ...]  # for each voter the spelling that stands for its group, None for who gave no answer
    counts: dict[str, int]  # votes of each group, largest first

    @property
    def winners(self) -> tuple[str, ...]:
        """The answers with the most votes; empty when nobody voted."""
        most = max(self.counts.values(), default=0)
        return tuple(answer for answer, count in self.counts.items() if count == most)


def majority(answers: Sequence[str | None]) -> Vote:
    """Counts answers that are the same ("18", "18.0", "十八" are one). The first spelling stands for its group."""
    groups: dict[str, int] = {}
    ballots: list[str | None] = []
    for answer in answers:
        if answer is None or not answer.strip():
            ballots.append(None)
            continue
        group = next((known for known in groups if same_answer(answer, known)), answer)
        groups[group] = groups.get(group, 0) + 1
        ballots.append(group)
    return Vote(tuple(ballots), dict(sorted(groups.items(), key=lambda one: -one[1])))
