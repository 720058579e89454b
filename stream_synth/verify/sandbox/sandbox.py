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

from stream_synth.errors import ConfigError
from stream_synth.verify.sandbox.child import launched
from stream_synth.verify.sandbox.ending import how_it_ended
from stream_synth.verify.sandbox.job import Job
from stream_synth.verify.sandbox.limits import Limits, Run
from stream_synth.verify.sandbox.protections import protections
from stream_synth.verify.sandbox.session import DRIVER, Session
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
        self.sessions = 0  # open now

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
            return how_it_ended(child, time.monotonic() - began, late=late)

    @contextlib.asynccontextmanager
    async def session(self) -> AsyncIterator[Session]:
        """A Python interpreter for one block of code after the other; on leaving, also by cancellation, nothing of it runs.

        `wall_s`, `cpu_s` and `output_kb` hold for each block, all other limits for the session. One that waits for its next block
        takes memory (11 MB and what it imports) but none of the places that `concurrency` gives.
        """
        async with self._job((sys.executable, "-s", _PROGRAM), None, {_PROGRAM: DRIVER}) as job:
            session = Session(job, self._slot())
            self.sessions += 1
            try:
                yield session
            finally:
                self.sessions -= 1
                await session.close()

    def _slot(self) -> asyncio.Semaphore:
        # A semaphore belongs to one loop; a program may run several, one after the other.
        return self._slots.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(self._most))

    @contextlib.asynccontextmanager
    async def _job(self, argv: tuple[str, ...], stdin: str | None, files: Mapping[str, str]) -> AsyncIterator[Job]:
        for name in files:
            if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
                raise ConfigError(f"sandbox: file {name!r} lies outside the program's folder; name it relative to that")
        with contextlib.ExitStack() as stack:
            isolate = protections().isolated
            own = _PRIVATE if isolate else stack.enter_context(tempfile.TemporaryDirectory(prefix="sandbox-", ignore_cleanup_errors=True))
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
