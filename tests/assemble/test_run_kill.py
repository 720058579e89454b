from __future__ import annotations

from pathlib import Path

from benchmarks.kill import Trial, torture


def test_nothing_is_lost_to_kill_9(tmp_path: Path) -> None:
    """300 seeds, killed twice and continued: every promise of the directory holds, and only what was in flight is paid again."""
    found = torture(tmp_path, Trial(seeds=300, kills=2, seed=1, latency="uniform:0.02,0.1"))

    assert [check for check in found if not check.ok] == []
    assert len(found) > 8
