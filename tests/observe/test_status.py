from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from stream_synth.errors import StreamSynthError
from stream_synth.observe.door import Door
from stream_synth.observe.lock import RunLock
from stream_synth.observe.status import counts_in, disk_of, eta_s, status_of
from stream_synth.store import Store

COUNTS = {"run_dir": "r", "outcome": "", "accepted": 4, "seconds": 8.0, "calls": 6}


def test_a_live_run_speaks_for_itself(tmp_path: Path) -> None:
    """Counts come from the process that holds the directory, with the time to its target."""
    (tmp_path / "config.yaml").write_text("run: {target_accepted: 10}")

    with RunLock(tmp_path) as lock, closing(Store.open(tmp_path)) as store, Door(store.cursor, lambda: COUNTS, lock):
        seen = status_of(tmp_path)

    assert (seen["live"], seen["calls"], seen["eta_s"], seen["target_accepted"]) == (True, 6, 12.0, 10)


def test_a_run_that_was_killed_is_read_from_its_files(tmp_path: Path) -> None:
    """No lock, no end: all zero, no outcome."""
    with closing(Store.open(tmp_path)) as store:
        store.run_started(config_hash="c", version="0", at=1.0)

    seen = status_of(tmp_path)

    assert (seen["live"], seen["outcome"], seen["accepted"], seen["seconds"], seen["eta_s"]) == (False, "", 0, 0.0, None)


def test_no_database_is_an_error(tmp_path: Path) -> None:
    """Of ours, naming the directory."""
    with pytest.raises(StreamSynthError, match=tmp_path.name):
        counts_in(tmp_path)


@pytest.mark.parametrize(
    ("counts", "target", "seconds"),
    [
        ({"accepted": 5, "seconds": 10.0}, 20, 30.0),
        ({"accepted": 5, "seconds": 10.0}, 5, 0.0),
        ({"accepted": 5, "seconds": 10.0}, 3, 0.0),
        ({"accepted": 0, "seconds": 10.0}, 20, None),
        ({"accepted": 5, "seconds": 10.0}, None, None),
    ],
)
def test_time_to_the_target(counts: dict[str, Any], target: int | None, seconds: float | None) -> None:
    """At the mean rate so far; unknown without rows or a target, nothing left beyond it."""
    assert eta_s(counts, target) == seconds


def test_disk_counts_every_file(tmp_path: Path) -> None:
    """Files in folders too; an accepted row's share of them, and the target's."""
    (tmp_path / "gates").mkdir()
    (tmp_path / "data").write_bytes(b"x" * 70)
    (tmp_path / "gates" / "rows").write_bytes(b"x" * 30)

    disk = disk_of(tmp_path, accepted=4, target=10)

    assert (disk["bytes"], disk["bytes_per_accepted_row"], disk["bytes_at_target"]) == (100, 25.0, 250)
