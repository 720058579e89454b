from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from stream_synth.assemble import execute
from stream_synth.config import load
from stream_synth.engine.intake import CHUNK_SEEDS
from tests.assemble.rig import Echo, rig


@dataclass
class Counted:
    """Rows that are made while they are read, and how many that were."""

    rows: int
    read: int = 0
    started: list[float] = field(default_factory=list)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        self.started.append(time.time())
        for n in range(self.rows):
            self.read += 1
            yield {"id": f"q{n}", "question": f"第 {n} 个问题：{n} 的下一个数是什么？"}


async def test_a_large_source_is_not_read_before_the_first_call(tmp_path: Path) -> None:
    """100,000 rows, 20 of them asked: the first call leaves within a second, and few more rows are read than are used."""
    source = Counted(100_000)
    async with rig(tmp_path) as here:
        await here.run(here.settings({"limit": 20}), source=source)

    first = min(line["received_at"] for line in here.charges())
    assert first - source.started[-1] < 1
    assert source.read <= 20 + 3 * CHUNK_SEEDS


async def test_rows_are_read_as_fast_as_they_are_used(tmp_path: Path) -> None:
    """Of 4,000 rows never more than a few hand-overs are read and not yet decided: memory does not grow with the source."""
    source, ahead = Counted(4_000), list[int]()

    def look(progress: Mapping[str, Any]) -> None:
        ahead.append(source.read - progress["seeds_done"])

    async with rig(tmp_path) as here:
        config = load(here.settings(source={"kind": "memory", "id": "id"}), source=source, recipe=Echo())
        summary = await execute(config, here.directory, on_progress=look)

    assert summary.counts["seeds_done"] == 4_000
    assert ahead
    assert max(ahead) < 3 * CHUNK_SEEDS + 4 * 64
