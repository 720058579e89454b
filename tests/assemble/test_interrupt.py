from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from stream_synth.assemble import Session, Summary
from stream_synth.config import load
from tests.assemble.rig import Rig, questions, rig


async def interrupted(here: Rig, settings: dict[str, Any], *, after_charges: int, times: int = 1) -> Summary:
    """A run of 100 questions, asked to stop as soon as so many calls are answered."""
    session = Session(load(settings, source=questions(100)), here.directory)
    running = asyncio.create_task(session.run())
    await here.charged(after_charges)
    for _ in range(times):
        session.interrupt()
    return await running


async def test_an_interrupt_drains(tmp_path: Path) -> None:
    """What is in flight arrives and is kept: every charge has its reply, every reply its decided seed."""
    async with rig(tmp_path, latency="fixed:0.05") as here:
        summary = await interrupted(here, here.settings(), after_charges=20)

    assert (summary.outcome, summary.exit_code) == ("interrupted", 130)
    assert 20 <= len(here.charges()) <= 20 + 2 * 8
    assert here.rows("SELECT count(*) FROM samples") == [(len(here.charges()),)]
    assert here.rows("SELECT DISTINCT outcome FROM attempts") == [("ok",)]
    assert here.broken() == []


async def test_an_interrupted_run_is_finished_by_the_same_command(tmp_path: Path) -> None:
    """Each question was paid once in the end."""
    async with rig(tmp_path, latency="fixed:0.05") as here:
        await interrupted(here, here.settings(), after_charges=20)
        summary = await here.run(here.settings(), source=questions(100))

    assert (summary.outcome, summary.counts["accepted"], summary.counts["ambiguous"]) == ("finished", 100, 0)
    assert len(here.charges()) == 100


async def test_a_second_interrupt_ends_at_once(tmp_path: Path) -> None:
    """Replies that take a minute are given up and marked; the same command asks them again."""
    async with rig(tmp_path, faults=[{"kind": "hang", "skip": 20}]) as here:
        started = time.monotonic()
        first = await interrupted(here, here.settings(), after_charges=28, times=2)
        seconds = time.monotonic() - started
    (tmp_path / "ledger.jsonl").unlink()
    async with rig(tmp_path) as here:
        second = await here.run(here.settings(), source=questions(100))

    assert first.outcome == "interrupted"
    assert seconds < 2
    assert first.counts["ambiguous"] == 8
    assert (second.outcome, second.counts["accepted"]) == ("finished", 100)
    assert here.broken() == []


async def test_grace_ends_a_drain_that_takes_too_long(tmp_path: Path) -> None:
    """A server that has gone silent does not hold the process."""
    async with rig(tmp_path, faults=[{"kind": "hang", "skip": 20}]) as here:
        summary = await asyncio.wait_for(interrupted(here, here.settings({"grace_s": 0.2}), after_charges=28), 5)

    assert summary.outcome == "interrupted"
    assert here.broken() == []


async def test_a_cancelled_run_can_be_continued(tmp_path: Path) -> None:
    """The task is cancelled from outside, as at the end of an event loop: the books are in order at once, and nothing is lost."""
    async with rig(tmp_path, latency="fixed:0.05") as here:
        running = asyncio.create_task(here.run(here.settings(), source=questions(100)))
        await here.charged(20)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        broken, outcome = here.broken(), here.rows("SELECT outcome FROM runs")
        summary = await here.run(here.settings(), source=questions(100))

    assert (broken, outcome) == ([], [("interrupted",)])
    assert (summary.outcome, summary.counts["accepted"]) == ("finished", 100)
    assert 100 <= len(here.charges()) <= 108
    assert here.broken() == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_signals_end_the_command(tmp_path: Path, number: signal.Signals) -> None:
    """Twice while replies hang: exit code 130 long before the grace is over, no traceback."""
    async with rig(tmp_path, faults=[{"kind": "hang", "skip": 5}]) as here:
        path, source = tmp_path / "my.yaml", tmp_path / "questions.jsonl"
        source.write_text("".join(json.dumps(row) + "\n" for row in questions(100)))
        path.write_text(json.dumps(here.settings(source={"kind": "jsonl", "path": str(source), "id": "id"})))
        command = [sys.executable, "-m", "stream_synth", "run", str(path), "--run-dir", str(here.directory), "--json"]
        running = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        await here.charged(13)
        for _ in range(2):
            os.kill(running.pid, number)
            await asyncio.sleep(0.3)  # closer together the kernel may make one of them
        output, errors = await asyncio.wait_for(running.communicate(), 5)

    assert running.returncode == 130
    assert json.loads(output.splitlines()[-1])["outcome"] == "interrupted"
    assert b"Traceback" not in errors
    assert here.broken() == []
