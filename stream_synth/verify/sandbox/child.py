"""A launcher's process as the caller holds it: fed, read up to a bound, and never left behind."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator

from stream_synth.verify.sandbox.job import LAUNCH, Job, packed

_CHUNK = 1 << 16
_END_S = 5.0  # what was killed is gone within ms; without walls a program can hide a child that keeps the streams open


class Child:
    """One launcher and what it runs. `stdout` and `stderr` grow up to the bound; beyond it everything is ended."""

    def __init__(self, process: Process, report: int, output_bytes: int) -> None:
        self.stdout = bytearray()
        self.stderr = bytearray()
        self.too_much = False
        self.ending = ""  # what the launcher reported, once all is over; empty when it was ended before
        self._process = process
        self._report = report
        self._most = output_bytes

    def kill(self) -> None:
        """Ends the launcher and with it, by the kernel's hand, all that it runs."""
        # Ended itself, its group lives on while somebody in it holds a stream: the number is not given anew.
        if self._process.returncode is None or not self._at_end():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def _at_end(self) -> bool:
        return all(stream is None or stream.at_eof() for stream in (self._process.stdout, self._process.stderr))

    async def write(self, text: bytes) -> None:
        """Onto the launcher's standard input. One that has ended takes nothing: its report says why."""
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self._process.stdin.write(text)
            await self._process.stdin.drain()

    def close_input(self) -> None:
        """The launcher has been told everything."""
        assert self._process.stdin is not None
        self._process.stdin.close()

    async def marked(self, mark: bytes) -> bytes:
        """Until `mark` stood on both streams: the byte after it. Empty when it ended before, or wrote more than the bound."""
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        streams = (self._process.stdout, self.stdout), (self._process.stderr, self.stderr)
        after = await asyncio.gather(*(self._until(mark, stream, into) for stream, into in streams))
        return min(after)

    async def _until(self, mark: bytes, stream: asyncio.StreamReader, into: bytearray) -> bytes:
        try:
            into += (await stream.readuntil(mark))[: -len(mark)]
            return await stream.readexactly(1)
        except asyncio.IncompleteReadError as ended:
            into += ended.partial
        except asyncio.LimitOverrunError:
            self.too_much = True
            self.kill()
        return b""

    async def ended(self) -> None:
        """Until it has ended and all it wrote is read."""
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        await asyncio.gather(self._read(self._process.stdout, self.stdout), self._read(self._process.stderr, self.stderr))
        await self._process.wait()

    async def _read(self, stream: asyncio.StreamReader, into: bytearray) -> None:
        while chunk := await stream.read(_CHUNK):
            into += chunk[: self._most - len(into)]
            if len(into) == self._most:
                self.too_much = True
                self.kill()

    def let_go(self) -> None:
        """Of streams that somebody else holds open."""
        self._process._transport.close()  # type: ignore[attr-defined]  # noqa: SLF001  # asyncio has no public way

    def close(self) -> None:
        """Keeps what the launcher reported."""
        os.set_blocking(self._report, False)
        with contextlib.suppress(BlockingIOError):
            self.ending = os.read(self._report, 1000).decode(errors="replace")
        os.close(self._report)


@contextlib.asynccontextmanager
async def launched(job: Job) -> AsyncIterator[Child]:
    """The job under way. On leaving, also by cancellation, nothing of it runs any more."""
    report_r, report_w = os.pipe()
    most = job.limits.output_kb << 10
    try:
        process = await asyncio.create_subprocess_exec(
            *LAUNCH, stdin=PIPE, stdout=PIPE, stderr=PIPE, limit=most, pass_fds=(report_w,), env={}, start_new_session=True
        )
    except BaseException:
        os.close(report_r)
        raise
    finally:
        os.close(report_w)
    child = Child(process, report_r, most)
    try:
        await child.write(packed(job, report_w))
        if job.stdin is not None:
            child.close_input()
        yield child
    finally:
        child.kill()
        try:
            async with asyncio.timeout(_END_S):
                await child.ended()
        except TimeoutError:
            child.let_go()
        finally:
            child.close()
