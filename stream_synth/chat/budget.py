"""Money and tokens that the run may still spend: worst case reserved before a call, settled on its usage."""

from __future__ import annotations

from dataclasses import dataclass

from stream_synth.errors import BudgetExhausted


@dataclass(frozen=True, slots=True)
class Claim:
    """What one attempt may cost."""

    usd: float = 0.0
    tokens: float = 0.0


class Budget:
    """What is spent counts over the whole run directory. Never overdrawn by more than a wrong estimate of a prompt's tokens."""

    def __init__(
        self, max_cost_usd: float | None = None, max_tokens: int | None = None, spent_usd: float = 0.0, spent_tokens: float = 0
    ) -> None:
        self.max_cost_usd = max_cost_usd
        self.max_tokens = max_tokens
        self.spent_usd = spent_usd
        self.spent_tokens = float(spent_tokens)
        self.reserved = 0  # attempts
        self._reserved_usd = 0.0
        self._reserved_tokens = 0.0

    @property
    def limited(self) -> bool:
        """Anything to keep to at all."""
        return self.max_cost_usd is not None or self.max_tokens is not None

    def fits(self, claim: Claim) -> bool:
        """This much may be promised now."""
        usd, tokens = self.spent_usd + self._reserved_usd + claim.usd, self.spent_tokens + self._reserved_tokens + claim.tokens
        # Sums of many small prices carry rounding; a billionth of the budget is not money.
        in_usd = self.max_cost_usd is None or usd <= self.max_cost_usd * (1 + 1e-9)
        return in_usd and (self.max_tokens is None or tokens <= self.max_tokens)

    def reserve(self, claim: Claim) -> None:
        """Promise it. Ask `fits` first, at the same moment."""
        self.reserved += 1
        self._reserved_usd += claim.usd
        self._reserved_tokens += claim.tokens

    def settle(self, claim: Claim, spent: Claim) -> None:
        """The attempt ended: the promise is lifted, what it really took is spent."""
        self.reserved -= 1
        self._reserved_usd = self._reserved_usd - claim.usd if self.reserved else 0.0
        self._reserved_tokens = self._reserved_tokens - claim.tokens if self.reserved else 0.0
        self.spent_usd += spent.usd
        self.spent_tokens += spent.tokens

    def exhausted(self, smallest: Claim) -> BudgetExhausted:
        """The error that ends the run."""
        parts = []
        if self.max_cost_usd is not None:
            parts.append(f"run.max_cost_usd {self.max_cost_usd:g}: {self.spent_usd:.4f} spent, the next call may cost {smallest.usd:.4f}")
        if self.max_tokens is not None:
            parts.append(f"run.max_tokens {self.max_tokens}: {self.spent_tokens:.0f} used, the next call may take {smallest.tokens:.0f}")
        return BudgetExhausted("; ".join(parts) + ". Raise it and run the same command to go on")
