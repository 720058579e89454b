"""What a call costs, and what it may cost at worst."""

from __future__ import annotations

from dataclasses import dataclass

from stream_synth.values import Usage

PER_MILLION = 1e-6  # prices are written in USD per million tokens, as providers list them


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """USD per million tokens. `reasoning` is that of `output` and `cached` that of `input` unless given."""

    input: float
    output: float
    reasoning: float | None = None
    cached: float | None = None

    def cost_usd(self, usage: Usage) -> float:
        """The cost of one reply."""
        thinking = min(usage.reasoning_tokens, usage.completion_tokens)
        cached = min(usage.cached_tokens, usage.prompt_tokens)
        price_thinking = self.output if self.reasoning is None else self.reasoning
        price_cached = self.input if self.cached is None else self.cached
        said = (usage.completion_tokens - thinking) * self.output + thinking * price_thinking
        read = (usage.prompt_tokens - cached) * self.input + cached * price_cached
        return (said + read) * PER_MILLION

    def worst_usd(self, prompt_tokens: float, max_tokens: int) -> float:
        """The cost if nothing is cached and every allowed token is written at the dearer price."""
        return (prompt_tokens * self.input + max_tokens * max(self.output, self.reasoning or 0.0)) * PER_MILLION
