from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from pathlib import Path
from random import Random

from stream_synth.journal import Journal
from stream_synth.observe.door import query
from stream_synth.observe.invariants import check
from stream_synth.store import Store, catch_up

WRITER = Path(__file__).with_name("writing_process.py")
ROOT = Path(__file__).parents[2]


def killed_after(directory: Path, lines: int) -> int:
    """Start the writer, kill it when it has told its n-th step; the newest seq it had acknowledged."""
    command = [sys.executable, str(WRITER), str(directory)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:  # noqa: S603  # our own script
        assert process.stdout is not None
        told = [int(process.stdout.readline()) for _ in range(lines)]
        process.kill()
        told += [int(line) for line in process.stdout.read().splitlines() if line]
    return told[-1]


def test_kill_minus_nine_loses_nothing_acknowledged(tmp_path: Path) -> None:
    """Killed again and again in the middle of writing: everything acknowledged is there, and all promises hold after the next start."""
    random = Random(3)
    for _ in range(3):
        acknowledged = killed_after(tmp_path, random.randint(1, 6))
        readable = query(tmp_path, "SELECT count(*) AS seeds FROM seeds_done").to_pylist()[0]["seeds"]
        with closing(Journal.open(tmp_path)) as journal:
            with closing(Store.open(tmp_path)) as store:
                catch_up(store, journal)
                point = store.resume_point()
            totals = journal.totals()

        broken = [finding for finding in check(tmp_path) if not finding.ok]

        assert broken == []
        assert point.last_seq == totals.last_seq >= acknowledged
        assert point.last_seq >= readable
        assert totals.calls >= acknowledged
        assert totals.ambiguous <= 3 * 40
