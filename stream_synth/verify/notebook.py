"""Code that a model wrote, run block by block in the sandbox, each result journalled."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import ceil
from types import TracebackType
from typing import Any, Self

from stream_synth.protocols import Tools
from stream_synth.verify.sandbox import Limits, Run, Sandbox, Session

OUTPUT_CHARS = 1000  # of one block, shown to the model and kept: what OpenMathInstruct's generation shows
MOST_OPEN = 32  # sessions that wait for a model's next words, at 11 to 61 MB each; beyond it they are closed and made again
_WALL_FACTOR = 4  # a block that sleeps, or has to wait for the machine, may take so much longer than its CPU time


@dataclass(frozen=True, slots=True)
class Execution:
    """What became of a block. `outcome` as of a `Run`: ok, error, timeout, memory, output, killed."""

    outcome: str
    output: str  # what it printed, and the last lines of an error

    @property
    def failed(self) -> bool:
        """It raised, or was ended."""
        return self.outcome != "ok"


@lru_cache(maxsize=16)  # one for each method of a run: its bound on programs at a time holds over all rows
def sandbox_of(block_s: float, memory_mb: int, *, allow_unprotected: bool) -> Sandbox:
    """The sandbox of a method: `block_s` of CPU, four times that by the clock. `ConfigError` where this machine gives none."""
    limits = Limits(wall_s=_WALL_FACTOR * block_s, cpu_s=ceil(block_s), memory_mb=memory_mb)
    return Sandbox(limits, allow_unprotected=allow_unprotected)


class Notebook:
    """The code of one solution, names kept from block to block.

    Results come from the journal where it holds them; then, before the first block that it does not hold, the earlier ones are
    run again to bring their names back. (Blocks that draw at random draw anew; what they printed stays as it was.) `before` are
    blocks whose results are known. With more than `most_open` sessions in the sandbox, this one ends after each block.
    """

    def __init__(self, sandbox: Sandbox, tools: Tools, path: str, before: Sequence[str] = (), most_open: int = MOST_OPEN) -> None:
        self._sandbox = sandbox
        self._tools = tools
        self._path = path
        self._blocks = list(before)
        self._most_open = most_open
        self._session: Session | None = None
        self._stack = contextlib.AsyncExitStack()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._stack.aclose()

    async def run(self, code: str) -> Execution:
        """The next block."""

        async def execution() -> dict[str, Any]:
            run = await self._run(code)
            return {"outcome": run.outcome, "output": _told(run)}

        said = await self._tools.journalled(f"{self._path}/{len(self._blocks)}", execution)
        self._blocks.append(code)
        return Execution(said["outcome"], said["output"])

    async def _run(self, code: str) -> Run:
        waiting = [code]
        if self._session is None:
            self._session = await self._stack.enter_async_context(self._sandbox.session())
            waiting = [*self._blocks, code]
        for block in waiting:
            run = await self._session.run(block)
            if self._session.over:
                break
        if self._session.over or self._sandbox.sessions > self._most_open:
            self._session = None
            await self._stack.aclose()
        return run


async def run_once(sandbox: Sandbox, tools: Tools, path: str, program: str) -> Execution:
    """A whole program, by itself, journalled."""

    async def execution() -> dict[str, Any]:
        run = await sandbox.run(program)
        return {"outcome": run.outcome, "output": _told(run)}

    said = await tools.journalled(path, execution)
    return Execution(said["outcome"], said["output"])


def _told(run: Run) -> str:
    """Output and error in at most `OUTPUT_CHARS`: both ends of the one, the end of the other, where the reason stands."""
    error = run.stderr.strip()
    if run.outcome not in {"ok", "error"}:
        error = f"{error[-200:]}\n[ended: {run.outcome}]".strip()
    error = error[-OUTPUT_CHARS // 2 :]
    printed, room = run.stdout.strip("\n"), (OUTPUT_CHARS - 1 - len(error)) // 2
    if len(printed) > 2 * room:
        printed = f"{printed[: room - 5]}\n...\n{printed[-room:]}"
    return "\n".join(part for part in (printed, error) if part)
