"""The counts of a run, as CONTRACT's JSON object and as live progress."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from stream_synth.values import SeedRecord

TOKEN_KEYS = ("prompt_tokens", "reasoning_tokens", "completion_tokens")


@dataclass(slots=True)
class Tally:
    """Sums over the run directory: what earlier invocations left plus what this one did."""

    run_dir: str
    clock: Callable[[], float]  # monotonic seconds
    seeds_done: int = 0
    accepted: int = 0
    rejected: int = 0
    failed: int = 0
    before: Mapping[str, Any] = field(default_factory=dict)  # calls, ambiguous, tokens, cost_usd of earlier invocations
    started: float = 0.0
    accepted_by_recipe: dict[str, int] = field(default_factory=dict)
    done_by_recipe: dict[str, int] = field(default_factory=dict)

    def add(self, record: SeedRecord) -> None:
        """One more seed is decided."""
        promoted = len(record.promoted)
        accepted = sum(decision.accepted for decision in record.decisions)
        self.accepted += accepted + promoted
        self.rejected += len(record.decisions) - accepted - promoted
        self.failed += record.failure is not None
        if record.seed_id:
            self.seeds_done += 1
            self.done_by_recipe[record.recipe] = self.done_by_recipe.get(record.recipe, 0) + 1
            self.accepted_by_recipe[record.recipe] = self.accepted_by_recipe.get(record.recipe, 0) + accepted

    def counts(self, outcome: str, open_seeds: int, chat: Mapping[str, Any]) -> dict[str, Any]:
        """CONTRACT's object of final counts; `calls_per_second` and `seconds` are of this invocation."""
        seconds = max(self.clock() - self.started, 1e-9)
        totals = {key: self.before.get(key, 0) + chat.get(key, 0) for key in ("calls", "ambiguous", *TOKEN_KEYS, "cost_usd")}
        return {
            "run_dir": self.run_dir,
            "outcome": outcome,
            "seeds_read": self.seeds_done + open_seeds,
            "seeds_done": self.seeds_done,
            "candidates": self.accepted + self.rejected,
            "accepted": self.accepted,
            "rejected": self.rejected,
            "failed": self.failed,
            **{key: totals[key] for key in ("calls", "ambiguous", *TOKEN_KEYS)},
            "cost_usd": round(totals["cost_usd"], 6),
            "seconds": round(seconds, 3),
            "calls_per_second": round(chat.get("calls", 0) / seconds, 2),
        }
