"""Three ways to thinking, compared."""

from __future__ import annotations

from pathlib import Path

import pytest

from stream_synth import arun
from tests.shipped.rig import CASES, CONFIGS, endpoint


async def test_ways_to_thinking_are_compared_in_one_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is a label of its own in `yield_by_recipe`, and every row says by which it came."""
    async with endpoint(CASES["think_by"], tmp_path, monkeypatch):
        run = await arun(CONFIGS / "think_by.yaml", run_dir=tmp_path / "run")

    compared = run.sql("SELECT recipe, accepted > 0 FROM yield_by_recipe ORDER BY recipe").fetchall()
    ways = run.sql("SELECT DISTINCT recipe, meta->>'think_by' FROM samples ORDER BY recipe").fetchall()
    assert compared == [("native", True), ("template", True), ("two_step", True)]
    assert ways == [(way, way) for way, _ in compared]
