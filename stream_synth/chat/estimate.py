"""How many tokens a call will take, learned from the calls before it; no tokeniser on the event loop."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stream_synth.values import Usage

FIRST_BYTES_PER_TOKEN = 3.0  # before the first reply: Chinese is near 3-4, English near 4; low means a careful start
BOUND_BYTES_PER_TOKEN = 2.0  # no tokeniser in use makes more tokens of running text than one for every 2 bytes
UNBOUNDED_TOKENS = 4096  # a reply without max_tokens, before anything is known of its step
LEARNING = 0.05  # weight of one reply in the moving ratio: the last 20 count
QUANTILE = 0.7  # reserve what 70 % of replies stay under; the rest is settled afterwards
STEP_SIZE = 0.05  # of the quantile tracker, relative to its value: within 10 % after some 60 replies
KEPT_STEPS = 1024  # steps with an estimate of their own; recipes name a dozen


def max_tokens_of(body: Mapping[str, Any]) -> int | None:
    """The bound on a reply's tokens that a request body states, over all its choices."""
    for name in ("max_completion_tokens", "max_tokens"):
        bound = body.get(name)
        if isinstance(bound, int):
            return bound * max(1, int(body.get("n") or 1))
    return None


class Estimator:
    """Moving estimates of one model on one endpoint."""

    def __init__(self) -> None:
        self.bytes_per_token = FIRST_BYTES_PER_TOKEN
        self._reply_bytes_per_token = FIRST_BYTES_PER_TOKEN
        self._reply_tokens: dict[str, float] = {}

    def prompt_tokens(self, prompt_bytes: int) -> float:
        """Expected tokens of a request body."""
        return prompt_bytes / self.bytes_per_token

    def prompt_bound(self, prompt_bytes: int) -> float:
        """More tokens than a request body can have."""
        return prompt_bytes / min(BOUND_BYTES_PER_TOKEN, self.bytes_per_token)

    def reply_tokens(self, step: str, max_tokens: int | None) -> float:
        """Tokens that most replies of this step stay under."""
        expected = self._reply_tokens.get(step)
        bound = UNBOUNDED_TOKENS if max_tokens is None else max_tokens
        if expected is None:
            return bound
        return expected if max_tokens is None else min(expected, bound)

    def learn(self, step: str, prompt_bytes: int, usage: Usage) -> None:
        """Take a counted reply into account."""
        if usage.prompt_tokens > 0:
            self.bytes_per_token += LEARNING * (prompt_bytes / usage.prompt_tokens - self.bytes_per_token)
        known = self._reply_tokens.get(step)
        if known is None:
            if len(self._reply_tokens) < KEPT_STEPS:
                self._reply_tokens[step] = float(max(usage.completion_tokens, 1))
            return
        above = usage.completion_tokens > known
        self._reply_tokens[step] = max(1.0, known * (1 + STEP_SIZE * (QUANTILE if above else QUANTILE - 1)))

    def usage(self, prompt_bytes: int, reply_bytes: int) -> Usage:
        """Usage of a reply that came without: counted from its bytes, and flagged."""
        prompt = max(1, round(prompt_bytes / self.bytes_per_token))
        return Usage(prompt, max(1, round(reply_bytes / self._reply_bytes_per_token)), estimated=True)

    def learn_reply(self, reply_bytes: int, usage: Usage) -> None:
        """Take a counted reply's length into account."""
        if usage.completion_tokens > 0 and reply_bytes > 0:
            self._reply_bytes_per_token += LEARNING * (reply_bytes / usage.completion_tokens - self._reply_bytes_per_token)
