"""What a run would do and cost, found out without a single model call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from stream_synth.assemble.build import CLOCKS, build_methods, read_seeds
from stream_synth.chat import worst_case
from stream_synth.engine.ask import SeedAsk, SeedTools
from stream_synth.engine.bugs import Bugs
from stream_synth.engine.expand import expand
from stream_synth.engine.room import Room
from stream_synth.engine.settings import Config, RecipeSpec
from stream_synth.errors import Closed, ConfigError
from stream_synth.values import Call, Completion, Rejected, Seed

TRIED_SEEDS = 20  # enough for a mean prompt length
COUNTED_SEEDS = 100_000  # counting further would take longer than a dry run should


@dataclass(frozen=True, slots=True)
class MethodPlan:
    """One recipe's part of the plan."""

    label: str
    source: str
    seeds: int | None  # None: endless
    seeds_counted_fully: bool
    first_calls: int  # calls a seed makes before it needs a reply
    prompt_tokens: float  # mean of a first call, estimated
    worst_usd_per_seed: float | None  # first calls at their full max_tokens; None without a price or a bound
    gates: tuple[str, ...]
    problems: tuple[str, ...]  # what went wrong with the tried seeds


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything checked, nothing sent."""

    run_dir: str
    resumes: bool
    methods: tuple[MethodPlan, ...]
    endpoints: tuple[str, ...]
    worst_usd: float | None


@dataclass(slots=True)
class Rehearsal:
    """A chat that answers nobody: it keeps the calls a recipe makes first."""

    config: Config
    calls: list[Call] = field(default_factory=list)

    async def complete(self, call: Call) -> Completion:
        """Keep the call and stop the seed there."""
        self.calls.append(call)
        raise Closed("rehearsal")

    def draw_model(self, role: str, rng: Callable[[], Random]) -> str:
        """The model of one of the role's endpoints."""
        endpoints = self.config.endpoints.get(role)
        if not endpoints:
            raise ConfigError(f"endpoints.{role} is missing: the recipe asks this role")
        return rng().choice([endpoint.model for endpoint in endpoints])

    def close_admission(self) -> None:
        """Nothing is ever admitted."""
        self.calls = list(self.calls)

    def abort(self) -> None:
        """Nothing is ever in flight."""
        self.calls = list(self.calls)

    def snapshot(self) -> Mapping[str, Any]:
        """No counters."""
        return {}


class NoNotes:
    """A journal without tool values."""

    def noted(self, key: bytes) -> bytes | None:
        """Nothing."""
        del key
        return None  # the Protocol's answer for a miss

    async def note(self, key: bytes, value: bytes) -> None:
        """Forgotten at once."""
        del key, value


async def plan(config: Config, directory: Path) -> Plan:
    """Read the sources, build the gates, and rehearse the first seeds of every method."""
    build_methods(config, None)
    methods = tuple([await _plan_method(config, spec) for spec in config.recipes])
    endpoints = tuple(
        f"{role}: {one.model} at {one.base_url or 'a local server'}" for role, many in config.endpoints.items() for one in many
    )
    costs = [None if m.worst_usd_per_seed is None or m.seeds is None else m.worst_usd_per_seed * m.seeds for m in methods]
    worst = None if None in costs else sum(cost for cost in costs if cost is not None)
    return Plan(str(directory), (directory / "journal.sqlite").exists(), methods, endpoints, worst)


async def _plan_method(config: Config, spec: RecipeSpec) -> MethodPlan:
    rehearsal, room, bugs, problems = Rehearsal(config), Room(1, None), Bugs(1 << 60), list[str]()
    seeds = tried = 0
    for row in read_seeds(config, spec):
        seeds += 1
        if not isinstance(row, Seed):
            problems.append(f"{row.position}: {row.problem}")
        elif tried < TRIED_SEEDS:
            tried += 1
            ask = SeedAsk(row, rehearsal, room.enter(), config.run.seed)
            try:
                done = await expand(row, spec.recipe, ask, SeedTools(row, NoNotes(), config.run.seed), bugs, CLOCKS.wall)
            except Closed:
                continue
            if done.failure is not None:
                problems.append(f"seed {row.id}: {done.failure.message.strip().splitlines()[-1]}")
            unasked = [one for one in done.candidates if isinstance(one, Rejected)]
            problems.extend(f"seed {row.id}: rejected before any call: {one.step}/{one.reason}" for one in unasked)
        if seeds >= COUNTED_SEEDS or (spec.source.endless and tried >= TRIED_SEEDS):
            break
    usages = [worst_case(config.endpoints[call.role], call) for call in rehearsal.calls]
    usd = [one.usd for one in usages]
    return MethodPlan(
        spec.label,
        type(spec.source).__name__,
        None if spec.source.endless else seeds,
        seeds < COUNTED_SEEDS,
        round(len(rehearsal.calls) / max(tried, 1)),
        sum(one.prompt_tokens for one in usages) / max(len(usages), 1),
        None if None in usd else sum(cost for cost in usd if cost is not None) / max(tried, 1),
        tuple(gate.name for gate in config.gates),
        tuple(problems[:5]),
    )
