"""Programs that a model wrote, run apart from everything else."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from weakref import WeakKeyDictionary

from stream_synth.errors import ConfigError, RunError
from stream_synth.verify.sandbox.child import Child, launched
from stream_synth.verify.sandbox.job import Job
from stream_synth.verify.sandbox.limits import Limits, Outcome, Run
from stream_synth.verify.sandbox.protections import protections
from stream_synth.verify.sandbox.visible import links, visible_paths

_PRIVATE = "/tmp"  # noqa: S108  # the program's own
_PROGRAM = "main.py"


class Sandbox:
    """Runs Python programs, or any command, under limits and in a world of their own.

    A program sees the system's programs and libraries, this Python with its packages, and the paths in `read`: all read-only.
    It has a private /tmp, no network, no environment of yours, no process but its own. As root, it runs as nobody: paths in
    `read` must be readable by others. Where the kernel gives no namespaces it refuses with `ConfigError`, unless
    `allow_unprotected`; `protections()` says what holds.
    """

    def __init__(
        self,
        limits: Limits = Limits(),  # noqa: B008  # frozen
        *,
        concurrency: int | None = None,
        read: Sequence[Path] = (),
        cwd: Path | None = None,
        allow_unprotected: bool = False,
    ) -> None:
        protections().require(allow_unprotected=allow_unprotected)
        if concurrency is not None and concurrency < 1:
            raise ConfigError(f"concurrency of the sandbox is {concurrency}; at least 1")
        self.limits = limits
        self._most = concurrency or os.cpu_count() or 1
        self._slots: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()
        self._visible = visible_paths(read, Path(sys.executable))
        self._links = links()
        self._cwd = None if cwd is None else str(cwd.absolute())

    async def run(self, program: str, *, stdin: str = "", files: Mapping[str, str] | None = None) -> Run:
        """A Python program beside `files` (relative path -> text), which it may import. Never raises for what the program does."""
        # No user site-packages; the program's folder comes first on the path.
        return await self.command((sys.executable, "-s", _PROGRAM), stdin=stdin, files={**(files or {}), _PROGRAM: program})

    async def command(self, argv: Sequence[str], *, stdin: str = "", files: Mapping[str, str] | None = None) -> Run:
        """Any command. `RunError` when it cannot be started; cancelled, it leaves no process."""
        async with self._slot(), self._job(tuple(argv), stdin, files or {}) as job:
            began = time.monotonic()
            late = False
            async with launched(job) as child:
                try:
                    async with asyncio.timeout(self.limits.wall_s):
                        await child.ended()
                except TimeoutError:
                    late = True
            return _run(child, time.monotonic() - began, late=late)

    def _slot(self) -> asyncio.Semaphore:
        # A semaphore belongs to one loop; a program may run several, one after the other.
        return self._slots.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(self._most))

    @contextlib.asynccontextmanager
    async def _job(self, argv: tuple[str, ...], stdin: str, files: Mapping[str, str]) -> AsyncIterator[Job]:
        for name in files:
            if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
                raise ConfigError(f"sandbox: file {name!r} lies outside the program's folder; name it relative to that")
        with contextlib.ExitStack() as stack:
            isolate = protections().isolated
            own = _PRIVATE if isolate else stack.enter_context(tempfile.TemporaryDirectory(prefix="sandbox-"))
            yield Job(
                argv=argv,
                isolate=isolate,
                own=own,
                cwd=self._cwd or own,
                visible=self._visible,
                links=self._links,
                limits=self.limits,
                stdin=stdin,
                files=files,
            )


def _run(child: Child, seconds: float, *, late: bool) -> Run:
    ending = child.ending
    if ending.startswith("failed "):
        raise RunError(f"sandbox: cannot start {ending.removeprefix('failed ').split(';')[0]}; is it installed, and readable for others?")
    stderr = child.stderr.decode(errors="replace")
    outcome, code = _outcome(ending.partition(" ")[2], stderr)
    if child.too_much:
        outcome, code = "output", None
    elif late:
        outcome, code = "timeout", None
    return Run(outcome, code, child.stdout.decode(errors="replace"), stderr, seconds)


def _outcome(ending: str, stderr: str) -> tuple[Outcome, int | None]:
    match ending.split():
        case ["exit", "0"]:
            return "ok", 0
        case ["exit", code]:
            return ("memory" if _ran_out(stderr) else "error"), int(code)
        case ["memory"]:
            return "memory", None
        case ["cpu"]:
            return "timeout", None
        case _:
            return "killed", None


def _ran_out(stderr: str) -> bool:
    """Python's own words for it on the last line: `MemoryError`, or a subclass with its module before it."""
    last = stderr.rstrip().rpartition("\n")[2]
    return last.partition(":")[0].endswith("MemoryError") or "MemoryError" in last[:40]
