"""What the engine is made from, and what all its rooms know of the run."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from stream_synth.engine.bugs import Bugs
from stream_synth.engine.options import RunOptions
from stream_synth.engine.pools import Pools, pools_of
from stream_synth.engine.room import Room
from stream_synth.engine.stopping import Stopping
from stream_synth.engine.tally import Tally
from stream_synth.engine.target import Target
from stream_synth.journal import Journal
from stream_synth.protocols import Chat, Gate, Recipe
from stream_synth.store import Store
from stream_synth.values import BadRow, Sample, Seed

SPREAD_LIMIT = 64  # open seeds for recipes that call no model


@dataclass(frozen=True, slots=True)
class Method:
    """One entry of `recipe:`: a recipe, the seeds it starts from and the gates its candidates pass."""

    label: str
    weight: float
    recipe: Recipe
    read: Callable[[], Iterator[Seed | BadRow]]
    gates: tuple[Gate, ...]
    source_gates: tuple[Gate, ...] = ()  # on seeds, before the first call


@dataclass(frozen=True, slots=True)
class Clocks:
    """Time by argument: `wall` in seconds since the epoch for records, `monotonic` for durations."""

    wall: Callable[[], float]
    monotonic: Callable[[], float]


@dataclass(frozen=True, slots=True)
class Parts:
    """What the engine works with, handed in by the assembly."""

    methods: tuple[Method, ...]
    chat: Chat
    journal: Journal
    store: Store
    options: RunOptions
    clocks: Clocks
    run_dir: str = ""
    on_accepted: Callable[[Sequence[Sample]], Awaitable[None]] | None = None
    on_progress: Callable[[Mapping[str, Any]], None] | None = None


@dataclass(frozen=True, slots=True)
class Course:
    """How far the run is and whether it goes on: counted by the lane, read by everyone."""

    target: Target
    bugs: Bugs
    stopping: Stopping
    tally: Tally
    room: Room
    pools: Pools


def course_of(parts: Parts, on_close: Callable[[], None]) -> Course:
    """Where earlier invocations left the run directory. `on_close` is called when the run stops taking calls."""
    options, point, totals = parts.options, parts.store.resume_point(), parts.journal.totals()
    tally = Tally(parts.run_dir, parts.clocks.monotonic, point.seeds_done, point.accepted, point.rejected, point.failed)
    tally.before = {
        "calls": totals.calls,
        "ambiguous": totals.ambiguous,
        "prompt_tokens": totals.prompt_tokens,
        "reasoning_tokens": totals.reasoning_tokens,
        "completion_tokens": totals.completion_tokens,
        "cost_usd": totals.cost_usd,
    }
    tally.accepted_by_recipe = dict(point.accepted_by_recipe)
    return Course(
        Target(options.target_accepted, options.target_tokens, point.accepted, point.accepted_tokens),
        Bugs(options.max_bugs),
        Stopping(on_close),
        tally,
        Room(int(parts.chat.snapshot().get("limit", 0)) or SPREAD_LIMIT, options.max_open_seeds),
        pools_of({method.label: method.recipe for method in parts.methods}, options.seed, parts.store),
    )
