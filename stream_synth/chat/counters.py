"""What one invocation did, in numbers."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from stream_synth.journal import Reply


@dataclass(slots=True)
class Counters:
    """Calls that were finished and attempts that were made since the chat was opened; replayed calls count nowhere but in `replayed`."""

    calls: int = 0
    replayed: int = 0
    retries: int = 0  # attempts after a call's first
    ambiguous: int = 0  # attempts of which nobody knows whether they were charged
    diverged: int = 0  # replayed although the request's text has changed
    missing_usage: int = 0  # replies whose tokens had to be estimated
    prompt_tokens: int = 0
    reasoning_tokens: int = 0
    completion_tokens: int = 0
    cost_usd: float = 0.0

    def finished(self, reply: Reply) -> None:
        """One call is over."""
        self.calls += 1
        usage = reply.usage
        self.prompt_tokens += usage.prompt_tokens
        self.reasoning_tokens += usage.reasoning_tokens
        self.completion_tokens += usage.completion_tokens
        self.cost_usd += reply.cost_usd

    def as_dict(self) -> dict[str, Any]:
        """For a snapshot."""
        return asdict(self)
