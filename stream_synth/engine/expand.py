"""One seed through its recipe: candidates out, or the reason why there are none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from stream_synth.engine.ask import SeedAsk, SeedTools
from stream_synth.engine.bugs import Bugs
from stream_synth.engine.identity import sample_id
from stream_synth.errors import ChatError
from stream_synth.protocols import Recipe
from stream_synth.values import Failure, Rejected, Sample, Seed, changed

Candidate = Sample | Rejected


@dataclass(frozen=True, slots=True)
class Expansion:
    """What came of one seed, before any gate."""

    seed: Seed
    candidates: tuple[Candidate, ...] = ()
    failure: Failure | None = None
    outcome: str = "done"


async def expand(seed: Seed, recipe: Recipe, ask: SeedAsk, tools: SeedTools, bugs: Bugs, clock: Callable[[], float]) -> Expansion:
    """Run the recipe. `Closed` and run-stopping errors pass through: the seed then stays open."""
    candidates: list[Candidate] = []
    failure: Failure | None = None
    kept = getattr(recipe, "keeps_identity", False)  # candidates of an earlier run
    with bugs.guard(seed.id, seed.recipe, "expand") as row:
        try:
            slots: set[str] = set()
            async for candidate in recipe.expand(seed, ask, tools):
                candidates.append(candidate if kept else _stamped(candidate, seed, ask, slots, clock()))  # noqa: PERF401  # keeps what came before an error
        except ChatError as error:
            failure = Failure(seed.id, seed.recipe, error.kind, "chat", str(error))
    if row.failure is not None:
        return Expansion(seed, (), row.failure, "failed")
    if candidates:
        return Expansion(seed, tuple(candidates))
    failure = failure or Failure(seed.id, seed.recipe, "expand", "empty", "the recipe yielded no candidate for this seed")
    return Expansion(seed, (), failure, "failed")


def _stamped(candidate: Candidate, seed: Seed, ask: SeedAsk, slots: set[str], at: float) -> Candidate:
    """The candidate with identity, time and origin."""
    sample = candidate.sample if isinstance(candidate, Rejected) else candidate
    if sample.slot in slots:
        raise ValueError(f"the recipe yielded slot {sample.slot!r} twice for one seed: give each candidate its own slot")
    slots.add(sample.slot)
    stamped = changed(
        sample,
        id=sample_id(seed.id, seed.recipe, sample.slot),
        seed_id=seed.id,
        parent_id=seed.parent_id or seed.id,
        recipe=seed.recipe,
        created_at=at,
        meta={**sample.meta, "origin": _origin(sample.meta, seed, ask)},
    )
    return replace(candidate, sample=stamped) if isinstance(candidate, Rejected) else stamped


def _origin(meta: Mapping[str, Any], seed: Seed, ask: SeedAsk) -> dict[str, Any]:
    """Provenance: where the seed came from, who answered, under which prompts."""
    return {
        **seed.origin,
        **meta.get("origin", {}),
        "parent_ids": [seed.parent_id or seed.id],
        "hosts": sorted(ask.hosts),
        "round": seed.origin.get("round", meta.get("round", 0)),
    }
