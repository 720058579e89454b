"""What follows from a figure: `newclid` closes it under deduction, in a process of its own that can be ended."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import orjson

from stream_synth.errors import ConfigError
from stream_synth.verify.geometry.constructions import Clause
from stream_synth.verify.sandbox import Limits, Sandbox

KINDS = ("para", "perp", "cong", "cyclic", "coll", "eqangle", "midp")
MOST_FACTS = 200  # of a figure, with the longest proofs: a closure of eight points holds thousands
_DRIVER = Path(__file__).with_name("driver.py")


@dataclass(frozen=True, slots=True)
class Fact:
    """A conclusion with the premises that its proof goes back to, and the steps: fact, rule, and the facts it is from."""

    fact: str  # "perp a d b c": kind and points
    premises: tuple[str, ...]
    steps: tuple[Mapping[str, Any], ...]

    @property
    def points(self) -> tuple[str, ...]:
        """That it speaks of."""
        return tuple(self.fact.split()[1:])


@dataclass(frozen=True, slots=True)
class Closure:
    """`outcome`: closed, degenerate (there is no such figure), or how the process was ended; facts with the longest proofs first."""

    outcome: str
    facts: tuple[Fact, ...] = ()
    said: str = ""

    @classmethod
    def read(cls, told: Mapping[str, Any]) -> Closure:
        """From JSON."""
        facts = tuple(Fact(one["fact"], tuple(one["premises"]), tuple(one["steps"])) for one in told["facts"])
        return cls(told["outcome"], facts, told["said"])


@lru_cache(maxsize=8)  # one for each set of limits: its bound on processes at a time holds over all seeds
def engine_sandbox(check_s: float, memory_mb: int, *, allow_unprotected: bool = False) -> Sandbox:
    """Where the engine runs. `ConfigError` where it is not installed."""
    if find_spec("newclid") is None or shutil.which("yuclid") is None:
        raise ConfigError(
            'the geometry engine is not installed (or its program yuclid is not on PATH); pip install "stream-synth[geometry]" in an '
            "environment that is active"
        )
    limits = Limits(wall_s=check_s, cpu_s=int(check_s) + 1, memory_mb=memory_mb, processes=64, files=512, output_kb=16384)
    return Sandbox(limits, concurrency=max(1, (os.cpu_count() or 2) // 2), allow_unprotected=allow_unprotected)


async def closure_of(sandbox: Sandbox, clauses: Sequence[Clause], seed: int, goal: str = "") -> dict[str, Any]:
    """JSON for `Closure.read`: everything that follows, or with a `goal` that alone (no fact when it was not reached)."""
    told = {"clauses": "; ".join(map(str, clauses)), "seed": seed, "goal": goal, "kinds": KINDS, "most": MOST_FACTS}
    run = await sandbox.run(_DRIVER.read_text(encoding="utf-8"), stdin=orjson.dumps(told).decode())
    if run.outcome != "ok":
        return {"outcome": run.outcome, "facts": [], "said": run.stderr[-500:]}
    said: dict[str, Any] = orjson.loads(run.stdout.splitlines()[-1])
    return said
