"""Any recipe in two tiers: what the teacher failed, or a drawn share of what it solved, is asked again of a stronger role."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from stream_synth.errors import ConfigError
from stream_synth.protocols import Ask, Recipe, Tools
from stream_synth.recipes.shared.blocks import under
from stream_synth.values import Completion, Json, Rejected, Request, Sample, Seed, changed

REPLACED = "teacher"  # the role that makes the rows of every method; judges and the like stay who they are
PREFIX = "escalated"  # of steps, slots and journalled values of the second tier
_UNREADABLE = "seed"  # the step of seeds that hold nothing to ask: a stronger model cannot read them either


@dataclass(frozen=True, kw_only=True)
class Escalate:
    """Which seeds are asked a second time, and of whom."""

    to: str = field(metadata={"help": "role under endpoints: that answers in place of teacher"})
    on: tuple[str, ...] | None = field(
        default=None,
        metadata={"help": "reasons of the recipe's own, reason or step/reason; left out: any of them; []: none, only the share"},
    )
    share: float = field(default=0.0, metadata={"help": "share of the seeds that passed (Orca, arXiv:2306.02707: 1 M of 5 M, so 0.2)"})

    def __post_init__(self) -> None:
        if self.to == REPLACED:
            raise ConfigError(f"to is {REPLACED!r}, who was asked already; name a stronger role")
        if not 0 <= self.share <= 1:
            raise ConfigError(f"share is {self.share}; give a share from 0 to 1 of the seeds that passed")
        if self.on == () and not self.share:
            raise ConfigError("on is empty and share is 0, so no seed is ever asked again; give one of them")

    def names(self, rejected: Rejected) -> bool:
        """The rejection is for one of the reasons in `on`."""
        if rejected.step == _UNREADABLE:
            return False
        return self.on is None or rejected.reason in self.on or f"{rejected.step}/{rejected.reason}" in self.on


@dataclass(frozen=True)
class Escalating:
    """`recipe` once, and once more with role `to` in place of `teacher` when the seed is due.

    Due is a seed of which the recipe accepted nothing and rejected at least one candidate for a reason in `on`, and a drawn share of
    those of which it accepted something. Candidates of both tiers are yielded, `meta.tier` tells them apart: 1 or 2. What gates say
    comes later than this and escalates nothing. Whatever else is asked of this object is answered by `recipe`.
    """

    recipe: Recipe
    escalate: Escalate
    name = "escalating"

    def __getattr__(self, attribute: str) -> Any:  # noqa: ANN401  # card, draws_from, max_tokens: whatever the recipe has
        if attribute in {"recipe", "escalate"} or attribute.startswith("__"):
            raise AttributeError(attribute)  # a copy in the making holds no recipe yet
        return getattr(self.recipe, attribute)

    async def expand(self, seed: Seed, ask: Ask, tools: Tools) -> AsyncIterator[Sample | Rejected]:
        """The candidates of the first tier, then those of the second where there is one."""
        first: list[Sample | Rejected] = []
        async for candidate in self.recipe.expand(seed, ask, tools):
            first.append(candidate)
            yield _of_tier(1, candidate)
        if not self._is_due(first, tools):
            return
        async for candidate in self.recipe.expand(seed, _Instead(under(ask, PREFIX), self.escalate.to), _ToolsUnder(tools)):
            yield _of_tier(2, candidate)

    def _is_due(self, first: Sequence[Sample | Rejected], tools: Tools) -> bool:
        if any(isinstance(one, Sample) for one in first):
            return tools.rng(PREFIX).random() < self.escalate.share
        return any(self.escalate.names(one) for one in first if isinstance(one, Rejected))


def _of_tier(tier: int, candidate: Sample | Rejected) -> Sample | Rejected:
    sample = candidate.sample if isinstance(candidate, Rejected) else candidate
    slot = sample.slot if tier == 1 else f"{PREFIX}/{sample.slot}"
    marked = changed(sample, slot=slot, meta={**sample.meta, "tier": tier})
    return changed(candidate, sample=marked) if isinstance(candidate, Rejected) else marked


@dataclass(frozen=True, slots=True)
class _Instead:
    """The same `ask`, one role standing in for the teacher."""

    ask: Ask
    to: str

    async def __call__(self, step: str, request: Request, *, sample: int = 0, role: str = REPLACED) -> Completion:
        return await self.ask(step, request, sample=sample, role=self._asked(role))

    async def many(self, step: str, request: Request, n: int, *, role: str = REPLACED) -> list[Completion]:
        return await self.ask.many(step, request, n, role=self._asked(role))

    def _asked(self, role: str) -> str:
        return self.to if role == REPLACED else role


@dataclass(frozen=True, slots=True)
class _ToolsUnder:
    """Chance and pool draws as in the first tier, so that both are asked the same; values journalled apart, since replies differ."""

    tools: Tools

    def rng(self, step: str = "", sample: int = 0) -> Random:
        return self.tools.rng(step, sample)

    async def journalled(self, step: str, make: Callable[[], Awaitable[Any]]) -> Any:  # noqa: ANN401  # any JSON value
        return await self.tools.journalled(f"{PREFIX}/{step}", make)

    async def pool(self, step: str, count: int, name: str = "accepted", *, lang: str = "", reason: str = "") -> list[Json]:
        return await self.tools.pool(step, count, name, lang=lang, reason=reason)
