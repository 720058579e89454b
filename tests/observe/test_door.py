from __future__ import annotations

import socket
import stat
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import orjson
import pytest

from stream_synth.errors import StoreError
from stream_synth.journal import Journal
from stream_synth.observe.door import Door, live_status, query
from stream_synth.observe.lock import RunLock, holder
from stream_synth.store import Store
from tests.journal.rows import record_of

ENDLESS = "SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE hash(a.range) % 7 = hash(b.range) % 5"
WRITES = (
    "INSERT INTO metrics VALUES (NULL, 'x', 1, '')",
    "EXPLAIN ANALYZE INSERT INTO metrics VALUES (NULL, 'x', 1, '')",
    "WITH w AS (INSERT INTO metrics VALUES (NULL, 'x', 1, '') RETURNING name) SELECT * FROM w",
    "DELETE FROM samples_log",
    "DROP VIEW samples",
    "ATTACH '/tmp/other.duckdb'",
    "COPY samples TO '/tmp/out.csv'",
    "SET threads = 1",
    "PRAGMA enable_profiling",
    "SELECT 1; DELETE FROM samples_log",
    "",
)


@contextmanager
def open_door(directory: Path, max_seconds: float = 60.0) -> Iterator[Store]:
    """A run directory as a run holds it, with a seed in it."""
    with closing(Journal.open(directory)) as journal, closing(Store.open(directory)) as store:
        store.commit([record_of(1)], journal)
        with RunLock(directory) as lock, Door(store.cursor, lambda: {"accepted": 1}, lock, max_seconds):
            yield store


@contextmanager
def asked(directory: Path, line: bytes) -> Iterator[socket.socket]:
    """A client that speaks the wire itself."""
    live = holder(directory)
    assert live is not None
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(5)
        connection.connect(live.socket)
        connection.sendall(line + b"\n")
        yield connection


def test_a_live_run_answers_sql(tmp_path: Path) -> None:
    """Rows of what is committed, while another connection holds the file."""
    with open_door(tmp_path):
        found = query(tmp_path, "SELECT id, meta->>'$.origin.position' AS position FROM samples")
        empty = query(tmp_path, "SELECT * FROM samples WHERE false")
        plan = query(tmp_path, "EXPLAIN SELECT * FROM samples")

    assert found.to_pylist() == [{"id": "q1/0", "position": "3"}]
    assert (len(empty), empty.column_names[:2]) == (0, ["seq", "id"])
    assert len(plan) == 1


def test_a_finished_run_is_read_from_its_file(tmp_path: Path) -> None:
    """The same question gives the same answer when nobody holds the directory."""
    with open_door(tmp_path):
        live = query(tmp_path, "FROM rejections")

    assert query(tmp_path, "FROM rejections") == live
    assert live_status(tmp_path) is None


def test_a_live_run_tells_its_status(tmp_path: Path) -> None:
    """Whatever the run hands in."""
    with open_door(tmp_path):
        status = live_status(tmp_path)

    assert status == {"accepted": 1}


@pytest.mark.parametrize("statement", WRITES)
@pytest.mark.parametrize("live", [True, False])
def test_nothing_but_reading_is_possible(tmp_path: Path, statement: str, live: bool) -> None:  # noqa: FBT001  # a parameter of the test
    """Every way to write ends in one line, and the rows are as before."""
    with open_door(tmp_path):
        if live:
            with pytest.raises(StoreError) as refused:
                query(tmp_path, statement)
    if not live:
        with pytest.raises(StoreError) as refused:
            query(tmp_path, statement)

    assert "\n" not in str(refused.value)
    counts = query(tmp_path, "SELECT (SELECT count(*) FROM samples) AS samples, (SELECT count(*) FROM metrics) AS metrics")
    assert counts.to_pylist() == [{"samples": 1, "metrics": 0}]


@pytest.mark.parametrize("live", [True, False])
def test_no_other_file_can_be_read(tmp_path: Path, live: bool) -> None:  # noqa: FBT001
    """A SELECT sees this database and nothing else of the machine."""
    with open_door(tmp_path):
        if live:
            with pytest.raises(StoreError, match="disabled by configuration"):
                query(tmp_path, "SELECT * FROM read_text('/etc/hostname')")
    if not live:
        with pytest.raises(StoreError, match="disabled by configuration"):
            query(tmp_path, "SELECT * FROM read_text('/etc/hostname')")


def test_a_mistake_is_told_in_one_line(tmp_path: Path) -> None:
    """The database's own words, without the drawing."""
    with open_door(tmp_path), pytest.raises(StoreError, match="Table with name sampels does not exist"):
        query(tmp_path, "SELECT * FROM sampels")


def test_a_result_that_is_too_large_is_refused(tmp_path: Path) -> None:
    """The connection survives it."""
    with open_door(tmp_path):
        with pytest.raises(StoreError, match="larger than 256 MB"):
            query(tmp_path, "SELECT repeat('x', 10000) FROM range(40000)")

        assert len(query(tmp_path, "SELECT 1")) == 1


def test_a_slow_statement_is_stopped(tmp_path: Path) -> None:
    """The run's time is its own."""
    with open_door(tmp_path, max_seconds=0.1), pytest.raises(StoreError, match=r"stopped after 0\.1 s"):
        query(tmp_path, ENDLESS)


def test_a_client_that_hangs_up_stops_its_statement(tmp_path: Path) -> None:
    """Nothing goes on working for somebody who left."""
    with open_door(tmp_path):
        with asked(tmp_path, orjson.dumps({"sql": ENDLESS})):
            time.sleep(0.05)
            during = threads()
        deadline = time.monotonic() + 5
        while threads() and time.monotonic() < deadline:
            time.sleep(0.01)

        assert during == {"door-guest", "door-watch"}
        assert threads() == set()


def threads() -> set[str]:
    return {thread.name for thread in threading.enumerate() if thread.name in {"door-guest", "door-watch"}}


def test_a_run_that_ends_stops_open_statements(tmp_path: Path) -> None:
    """Closing the door waits for nobody's query."""
    with open_door(tmp_path), asked(tmp_path, orjson.dumps({"sql": ENDLESS})) as connection:
        time.sleep(0.05)
        started = time.monotonic()
    taken = time.monotonic() - started

    assert taken < 5
    assert connection.fileno() == -1


@pytest.mark.parametrize("line", [b"", b"not json", b"[]", b'{"sql": 1}', b'{"status": false}'])
def test_what_is_not_understood_is_answered(tmp_path: Path, line: bytes) -> None:
    """A wrong request gets an error, not silence."""
    with open_door(tmp_path), asked(tmp_path, line) as connection, connection.makefile("rb") as reader:
        answer = orjson.loads(reader.readline())

    assert "not understood" in answer["error"]


def test_only_the_owner_can_reach_the_socket(tmp_path: Path) -> None:
    """A private folder, a private socket, and neither is left behind."""
    with open_door(tmp_path):
        live = holder(tmp_path)
        assert live is not None
        path = Path(live.socket)
        modes = [stat.S_IMODE(place.stat().st_mode) for place in (path, path.parent)]

    assert modes == [0o600, 0o700]
    assert not path.parent.exists()


def test_a_directory_without_a_database_is_one_line(tmp_path: Path) -> None:
    """Says what is missing."""
    with pytest.raises(StoreError, match="no database there"):
        query(tmp_path, "SELECT 1")
