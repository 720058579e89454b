from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from stream_synth.assemble import Session
from stream_synth.config import load
from tests.assemble.rig import questions, rig


@dataclass
class Rows:
    """150 questions, and then whatever happens."""

    then: Callable[[], None]

    def __iter__(self) -> Iterator[dict[str, Any]]:
        yield from questions(150)
        self.then()


def broken() -> None:
    raise ValueError("这一行坏了")


async def test_a_source_that_raises_ends_the_run_in_order(tmp_path: Path) -> None:
    """Its exception comes out after what was in flight has arrived; the mended source goes on without paying twice."""
    async with rig(tmp_path, latency="fixed:0.02") as here:
        with pytest.raises(ValueError, match="这一行坏了"):
            await here.run(here.settings(), source=Rows(broken))
        kept, paid, found = here.rows("SELECT count(*) FROM samples")[0][0], len(here.charges()), here.broken()
        summary = await here.run(here.settings(), source=questions(200))

    assert (kept, found) == (paid, [])
    assert (summary.outcome, summary.counts["accepted"], len(here.charges())) == ("finished", 200, 200)


async def test_a_source_that_blocks_does_not_hold_an_interrupt(tmp_path: Path) -> None:
    """The next row takes a second and a half; the run ends before it comes."""
    async with rig(tmp_path) as here:
        session = Session(load(here.settings(), source=Rows(lambda: time.sleep(1.5))), here.directory)
        running = asyncio.create_task(session.run())
        await here.charged(128)
        asked = time.monotonic()
        session.interrupt()
        summary = await running

    assert time.monotonic() - asked < 1
    assert summary.outcome == "interrupted"
    assert here.broken() == []
