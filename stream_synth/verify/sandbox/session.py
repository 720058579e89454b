"""One interpreter for several blocks of code, as in a notebook."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import time
from dataclasses import replace
from pathlib import Path

from stream_synth.errors import RunError
from stream_synth.verify.sandbox.child import Child, launched
from stream_synth.verify.sandbox.ending import how_it_ended
from stream_synth.verify.sandbox.job import Job
from stream_synth.verify.sandbox.limits import Run

DRIVER = Path(__file__).with_name("inside").joinpath("notebook.py").read_text(encoding="utf-8")
SESSION_CPU = 12  # times the CPU of one block, for all of them together: few blocks take long
_START_S = 30.0  # 200 times what a start takes: on a crowded machine it must not count as the first block's time


class Session:
    """Runs blocks of Python one after the other, names kept; `Sandbox.session()` opens one.

    The interpreter starts with the first block. An exception, `MemoryError` too, leaves it alive, with what was assigned before.
    Whatever else goes wrong with a block (time, memory for all, output, a crash, `os._exit`: `killed`) ends it: `over`.
    """

    def __init__(self, job: Job, slot: asyncio.Semaphore) -> None:
        self.over = False
        self._job = replace(job, limits=replace(job.limits, cpu_s=SESSION_CPU * job.limits.cpu_s))
        self._block_cpu_s = job.limits.cpu_s
        self._slot = slot
        self._child: Child | None = None
        self._stack = contextlib.AsyncExitStack()

    async def run(self, code: str) -> Run:
        """One block: what it printed, and, where its last statement is an expression, the value. `error`: with the traceback in `stderr`.

        `RunError` when the session is over.
        """
        if self.over:
            raise RunError("sandbox: the session is over, an earlier block ended it; open another one")
        self.over = True  # until the block is whole: cancelled, nobody knows where it stands
        async with self._slot:
            if self._child is None:
                self._child = await self._stack.enter_async_context(launched(self._job))
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(_START_S):
                        await self._answer(self._child, "")
            child = self._child
            began = time.monotonic()
            late, after = False, b""
            try:
                async with asyncio.timeout(self._job.limits.wall_s):
                    after = await self._answer(child, code)
            except TimeoutError:
                late = True
            if after not in {b"0", b"1"}:  # it has ended, or found the mark and wrote something of its own
                await self.close()
                run = how_it_ended(child, time.monotonic() - began, late=late)
                return replace(run, outcome="killed") if run.outcome in {"ok", "error"} else run
        self.over = False
        out, err = (bytes(stream).decode(errors="replace") for stream in (child.stdout, child.stderr))
        return Run("ok" if after == b"0" else "error", int(after), out, err, time.monotonic() - began)

    async def close(self) -> None:
        """Ends the interpreter and what it started."""
        self.over = True
        await self._stack.aclose()

    async def _answer(self, child: Child, code: str) -> bytes:
        """`0` or `1`: the block went through, or raised. Empty: the interpreter has ended."""
        child.stdout.clear()
        child.stderr.clear()
        mark = os.urandom(16)  # nothing that a block prints by itself
        await child.write(json.dumps({"code": code, "mark": mark.hex(), "cpu_s": self._block_cpu_s}).encode() + b"\n")
        return await child.marked(mark)
