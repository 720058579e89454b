from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from stream_synth.verify.sandbox import Limits, Sandbox, protections
from stream_synth.verify.sandbox.child import launched
from stream_synth.verify.sandbox.job import LAUNCH, Job, packed
from stream_synth.verify.sandbox.visible import links, visible_paths
from tests.verify.test_sandbox import _gone, _processes_with

_SHORT = Limits(wall_s=5.0, cpu_s=1, memory_mb=128, processes=8, output_kb=64)
needs_walls = pytest.mark.skipif(not protections().isolated, reason="no namespaces here: nothing is run")


def _job(program: str, own: str, *, isolate: bool) -> Job:
    shown = visible_paths((), Path(sys.executable))
    argv = (sys.executable, "-c", program)
    return Job(argv=argv, isolate=isolate, own=own, cwd=own, visible=shown, links=links(), limits=_SHORT)


def test_a_launcher_without_a_job_ends() -> None:
    """Its caller was killed before it said what to run."""
    for told in (b"", b"12", b"12\nab"):
        ended = subprocess.run(LAUNCH, input=told, env={}, timeout=20, check=False)  # noqa: S603  # our own launcher

        assert ended.returncode == 0


@needs_walls
async def test_a_launcher_whose_caller_is_gone_ends_by_itself() -> None:
    """Where the kernel was told of it too late: nobody holds the other end of the report."""
    word = f"unread{time.monotonic_ns()}"
    report_r, report_w = os.pipe()
    process = await asyncio.create_subprocess_exec(*LAUNCH, stdin=subprocess.PIPE, pass_fds=(report_w,), env={}, start_new_session=True)
    assert process.stdin is not None
    process.stdin.write(packed(_job(f"import time; time.sleep(30) # {word}", "/tmp", isolate=True), report_w))  # noqa: S108  # inside
    process.stdin.close()
    os.close(report_w)
    for _ in range(200):
        if _processes_with(word):
            break
        await asyncio.sleep(0.02)
    began = bool(_processes_with(word))

    os.close(report_r)
    await asyncio.wait_for(process.wait(), 10)

    assert began
    assert await _gone(word)


@needs_walls
async def test_no_descriptor_of_the_callers_is_open_inside() -> None:
    """Nor one of the launcher's: input, output, errors, and the one that looks."""
    run = await Sandbox(_SHORT).run("import os\nprint(sorted(os.listdir('/proc/self/fd')))")

    assert run.stdout == "['0', '1', '2', '3']\n"


@needs_walls
async def test_a_child_that_keeps_the_output_open_holds_nobody() -> None:
    """The run is over when the program is."""
    run = await Sandbox(_SHORT).run("import os, time\nif os.fork() == 0:\n    os.setsid()\n    time.sleep(30)\nprint('over', flush=True)")

    assert (run.outcome, run.stdout) == ("ok", "over\n")
    assert run.seconds < 4


async def test_without_walls_too_the_launcher_can_be_killed_and_the_run_ends(tmp_path: Path) -> None:
    """A child that keeps the output open after that is ended with its group."""
    word = f"survivor{time.monotonic_ns()}"
    program = f"import os, time # {word}\nif os.fork() == 0: time.sleep(30)\nos.kill(os.getppid(), 9)\ntime.sleep(30)"

    async with launched(_job(program, str(tmp_path), isolate=False)) as child:
        for _ in range(500):
            if child._process.returncode is not None:
                break
            await asyncio.sleep(0.02)
        began = time.monotonic()

    assert time.monotonic() - began < 4
    assert child.ending == ""
    assert await _gone(word)


@needs_walls
async def test_a_block_that_writes_the_mark_itself_is_no_result() -> None:
    """Whatever it puts behind it: the session is over."""
    search = "import os, sys\nframe = sys._getframe()\nwhile 'block' not in frame.f_locals: frame = frame.f_back\n"
    forged = "for n in (1, 2): os.write(n, bytes.fromhex(frame.f_locals['block']['mark']) + b'x')"

    async with Sandbox(_SHORT).session() as session:
        run = await session.run(search + forged)

    assert run.outcome == "killed"
    assert session.over


@needs_walls
async def test_cpu_time_is_that_of_a_block() -> None:
    """Blocks that together take longer than one may go on; one that takes too long ends by it, long before the clock."""
    busy = "import time\nend = time.process_time() + {}\nwhile time.process_time() < end: pass"
    async with Sandbox(Limits(wall_s=60, cpu_s=1)).session() as session:
        short = [await session.run(busy.format(0.4)) for _ in range(3)]
        endless = await session.run("while True: pass")

    assert [run.outcome for run in short] == ["ok"] * 3
    assert endless.outcome == "timeout"
    assert endless.seconds < 50
