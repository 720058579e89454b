from __future__ import annotations

import asyncio
import time

import pytest

from stream_synth.errors import RunError
from stream_synth.verify.sandbox import Limits, Run, Sandbox, protections
from tests.verify.test_sandbox import ESCAPES, _gone

pytestmark = pytest.mark.skipif(not protections().isolated, reason="no namespaces here: nothing is run")
_SHORT = Limits(wall_s=5.0, cpu_s=2, memory_mb=128, processes=8, output_kb=64)


async def _runs(*blocks: str, limits: Limits = _SHORT) -> list[Run]:
    """All blocks in one session."""
    async with Sandbox(limits).session() as session:
        return [await session.run(block) for block in blocks]


async def test_names_stay_from_block_to_block() -> None:
    """Assignments, imports, functions and files; the value of a last expression is shown, None is not."""
    runs = await _runs(
        "import math\ndef 面积(r): return math.pi * r ** 2\nopen('kept', 'w').write('一')",
        "r = 2",
        "面积(r) > 12",
        "print(open('kept').read())",
    )

    assert [(run.outcome, run.stdout, run.stderr) for run in runs] == [
        ("ok", "1\n", ""),
        ("ok", "", ""),
        ("ok", "True\n", ""),
        ("ok", "一\n", ""),
    ]


async def test_an_exception_is_told_and_leaves_the_session_alive() -> None:
    """The traceback names block and line, none of the frames that run it; what was assigned before stays."""
    raised, syntax, left, after = await _runs("x = 6\ny = 1 / 0", "1 +", "raise SystemExit(3)", "x * 7")

    assert (raised.outcome, raised.exit_code) == ("error", 1)
    lines = [line.strip() for line in raised.stderr.splitlines() if "^" not in line]
    assert lines[0] == "Traceback (most recent call last):"
    assert lines[1:] == ['File "<block 1>", line 2, in <module>', "y = 1 / 0", "ZeroDivisionError: division by zero"]
    assert (syntax.outcome, syntax.stderr.splitlines()[-1]) == ("error", "SyntaxError: invalid syntax")
    assert left.outcome == "error"
    assert (after.outcome, after.stdout) == ("ok", "42\n")


@pytest.mark.parametrize(
    ("block", "limits", "outcome", "kept"),
    [
        ("print('so far', flush=True)\nimport time; time.sleep(60)", Limits(wall_s=0.4), "timeout", "so far\n"),
        ("while True: pass", Limits(wall_s=0.4), "timeout", ""),
        ("while True: print('x' * 1000)", _SHORT, "output", "x" * 1000 + "\n"),
        ("import sys\nwhile True: sys.stderr.write('x' * 1000)", _SHORT, "output", ""),
        ("import os; os._exit(0)", _SHORT, "killed", ""),
        ("import os; os._exit(3)", _SHORT, "killed", ""),
        ("import ctypes; ctypes.string_at(0)", _SHORT, "killed", ""),
    ],
)
async def test_what_ends_the_session(block: str, limits: Limits, outcome: str, kept: str) -> None:
    """Time, output, a crash: what was written is kept up to the bound, and no later block runs."""
    async with Sandbox(limits).session() as session:
        before = await session.run("print('before')")
        run = await session.run(block)

        with pytest.raises(RunError, match="session is over"):
            await session.run("1")

    assert before.stdout == "before\n"
    assert run.outcome == outcome
    assert run.stdout.startswith(kept)
    assert max(len(run.stdout), len(run.stderr)) <= 64 << 10
    assert run.seconds < 5


async def test_memory_bomb_in_a_session() -> None:
    """An exception like others where Python can raise it."""
    bomb, after = await _runs("x = []\nwhile True: x.append(bytearray(1 << 20))", "len(x) > 10; x = None; 1")

    assert (bomb.outcome, bomb.stderr.splitlines()[-1]) == ("error", "MemoryError")
    assert after.outcome == "ok"


@pytest.mark.parametrize(
    "escape", ["network", "home", "passwords", "write_outside", "debug_init", "init_files", "raise_limits", "fill_scratch"]
)
async def test_what_is_not_its_own_is_refused_in_a_session_too(escape: str) -> None:
    """The walls are those of a single program, in a later block as in the first."""
    _, run = await _runs("1", ESCAPES[escape])

    assert run.outcome == "error", run
    assert "Error" in run.stderr


async def test_a_block_cannot_read_the_next_one() -> None:
    """Standard input is empty; whoever takes the channel itself only makes its own session time out."""
    (asked,) = await _runs("import sys; sys.stdin.read()")
    stolen = await _runs(
        "import os, threading\nthreading.Thread(target=os.read, args=(3, 100), daemon=True).start()", "1", limits=Limits(wall_s=0.5)
    )

    assert asked.stdout == "''\n"
    assert stolen[0].outcome == "ok"
    assert stolen[1].outcome in {"ok", "timeout", "error"}


async def test_cancelled_in_a_block_leaves_nothing() -> None:
    """Nor does leaving the session with children under way; the place is free again."""
    sandbox = Sandbox(_SHORT, concurrency=1)
    word = f"session{time.monotonic_ns()}"
    sleeper = f"[sys.executable, '-c', 'import time; time.sleep(30) # {word}']"
    child = f"import subprocess, sys\nsubprocess.Popen({sleeper}, start_new_session=True)\n1"

    async def blocked() -> None:
        async with sandbox.session() as session:
            await session.run(child)
            await session.run("import time; time.sleep(30)")

    task = asyncio.create_task(blocked())
    await asyncio.sleep(0.3)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert await _gone(word)
    assert (await sandbox.run("print(1)")).outcome == "ok"


async def test_sessions_that_wait_take_no_place() -> None:
    """With one place, three sessions take turns."""
    sandbox = Sandbox(_SHORT, concurrency=1)

    async with sandbox.session() as one, sandbox.session() as two, sandbox.session() as three:
        for number, session in enumerate((one, two, three)):
            await session.run(f"x = {number}")
        runs = [await session.run("x") for session in (one, two, three)]

    assert [run.stdout for run in runs] == ["0\n", "1\n", "2\n"]


async def test_a_session_without_blocks_starts_nothing() -> None:
    """Opening costs nothing until there is something to run."""
    async with Sandbox(_SHORT).session() as session:
        pass

    assert session.over
