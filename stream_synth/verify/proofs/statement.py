"""What is to be proved, and what a checker said of a proof."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from stream_synth.verify.sandbox import Limits, Run, Sandbox

Outcome = Literal["proved", "well_formed", "incomplete", "wrong", "forbidden", "ended"]
SAID_CHARS = 1000  # of a checker's complaint, kept: the first errors say the most
_BLOCK = re.compile(r"```[^\n`]*\n(.*?)```", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement in a checker's own language: what is `given` (empty: nothing) and the `goal`."""

    given: str
    goal: str


@dataclass(frozen=True, slots=True)
class Check:
    """What became of a proof.

    `proved`: it holds. `well_formed`: there was no proof to check, and the statement is one. `incomplete`: it leaves a gap.
    `wrong`: the checker objects. `forbidden`: it holds what no proof may, and was not run. `ended`: by time, memory or a crash.
    """

    outcome: Outcome
    said: str = ""  # the checker's words, 1,000 characters at most


class Checker(Protocol):
    """A language for statements, and the program that judges proofs in it."""

    @property
    def name(self) -> str:
        """Of the language: its prompts are found by it."""
        ...

    @property
    def context(self) -> str:
        """What stands before every statement, where it is short enough to be read: axioms, imports."""
        ...

    def read(self, text: str) -> Statement | None:
        """The one statement in a text, any proof of it left out; None when it is anything else."""
        ...

    def negated(self, statement: Statement) -> Statement:
        """The same given; the goal is denied."""
        ...

    def absurd(self, statement: Statement) -> Statement:
        """The same given; the goal is falsehood. Who proves it has shown that what is given contradicts itself."""
        ...

    def write(self, statement: Statement, proof: str | None = None) -> str:
        """The statement as it is read by people, with its proof where there is one."""
        ...

    def proof_in(self, text: str) -> str:
        """The bare proof of a reply; empty when there is none."""
        ...

    async def check(self, statement: Statement, proof: str | None = None) -> Check:
        """The program's judgement. Without a proof: whether the statement can be read at all."""
        ...


def fenced(text: str) -> str:
    """The last fenced block of a reply, or else the reply."""
    blocks = _BLOCK.findall(text)
    return str(blocks[-1] if blocks else text).strip()


def sandbox(time_s: float, memory_mb: int, read: Sequence[Path], *, allow_unprotected: bool) -> Sandbox:
    """Where a checker runs: what it reads was written by a model, and may be made to keep it busy."""
    # Lean starts a thread for each core and maps thousands of library files.
    limits = Limits(wall_s=time_s, cpu_s=int(time_s) + 1, memory_mb=memory_mb, processes=64, files=16384)
    return Sandbox(limits, read=read, allow_unprotected=allow_unprotected)


def ended(run: Run) -> Check | None:
    """The check when the program came to no end of its own."""
    return None if run.outcome in {"ok", "error"} else Check("ended", run.outcome)


def wrong(said: str) -> Check:
    """An objection."""
    return Check("wrong", said.strip()[:SAID_CHARS])
