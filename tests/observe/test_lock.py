from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from stream_synth.errors import LockedError, StoreError
from stream_synth.observe.lock import RunLock, holder

HOLD = """
import sys, time
from pathlib import Path
from stream_synth.observe.lock import RunLock
with RunLock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_the_second_holder_is_refused_by_name(tmp_path: Path) -> None:
    """The error names the directory, the process and since when."""
    with RunLock(tmp_path), pytest.raises(LockedError, match=rf"in use by process {os.getpid()} on .* since \d{{4}}-"), RunLock(tmp_path):
        pass


def test_a_released_directory_is_free(tmp_path: Path) -> None:
    """Nothing is left behind, and the next one gets it."""
    with RunLock(tmp_path):
        inside = holder(tmp_path)
    with RunLock(tmp_path):
        pass

    assert inside is not None
    assert inside.pid == os.getpid()
    assert holder(tmp_path) is None
    assert list(tmp_path.iterdir()) == []


def test_a_killed_holder_frees_the_directory(tmp_path: Path) -> None:
    """The file of a process that was killed says nothing any more."""
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603  # our own script
        assert process.stdout is not None
        process.stdout.readline()
        held = holder(tmp_path)
        process.kill()
    left = (tmp_path / "lock").exists()

    with RunLock(tmp_path):
        pass

    assert held is not None
    assert held.pid == process.pid
    assert left


def test_the_socket_is_published_and_taken_back(tmp_path: Path) -> None:
    """Others read where to ask, for as long as someone answers there."""
    with RunLock(tmp_path) as lock:
        lock.publish("/tmp/stream-synth-x/door")  # noqa: S108  # only written down
        published = holder(tmp_path)
        lock.publish("")
        taken_back = holder(tmp_path)

    assert published is not None
    assert published.socket == "/tmp/stream-synth-x/door"  # noqa: S108
    assert taken_back is not None
    assert taken_back.socket == ""


def test_a_missing_directory_is_one_line(tmp_path: Path) -> None:
    """There is nothing to lock."""
    with pytest.raises(StoreError, match="cannot lock"), RunLock(tmp_path / "nowhere"):
        pass
