"""The `run:` block of a configuration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """Where a run stops and how it behaves. Targets and money count over the whole run directory, seconds over one invocation."""

    name: str = "run"
    seed: int = 0  # all randomness of the run derives from it
    target_accepted: int | None = None  # stop at exactly this many accepted rows
    target_tokens: int | None = None  # stop once accepted rows hold this many answer and thinking tokens
    max_cost_usd: float | None = None
    max_tokens: int | None = None  # prompt and completion tokens together
    max_seconds: float | None = None
    max_bugs: int = 20  # unexpected exceptions in recipes before the run stops: a bug in every row must not burn the night
    max_open_seeds: int | None = None  # default: twice the concurrency limit
    grace_s: float = 30.0  # after Ctrl-C: how long calls in flight may still arrive
    limit: int | None = None  # seeds read over the life of the run directory
    stop_on_collapse: bool = False  # end the run when accepted rows get much less diverse; else that is only told
    rounds: int | None = None  # passes over the source with training in between: for methods whose teacher learns from its own rows
    train: tuple[str, ...] = ()  # program and arguments; is given the path of a round's rows, prints the next model or base_url
    min_gain: float | None = None  # the rounds end when the dev metric that train prints rises by less
    durability: Literal["process", "power"] = "process"  # process: survives kill -9; power: survives power loss, at one fsync a commit
