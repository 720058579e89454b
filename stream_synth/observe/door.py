"""SQL on a run directory: asked of the run that holds it, over its control socket, or read from the file.

The wire: one JSON line asks, `{"sql": ...}` or `{"status": true}`. One JSON line answers, `{"error": ...}`, `{"status": ...}` or
`{"rows": true}`; after the last come the bytes of an Arrow IPC stream in chunks, each behind its length (4 bytes, big-endian), a zero
length, and a JSON line that is `{}` or `{"error": ...}`.
"""

from __future__ import annotations

import contextlib
import select
import shutil
import socket
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self, cast

import duckdb
import orjson
import pyarrow as pa

from stream_synth.errors import StoreError, StreamSynthError
from stream_synth.observe.lock import Holder, RunLock, holder
from stream_synth.store.schema import FILE
from stream_synth.store.store import SETTINGS
from stream_synth.values import Json

MAX_SECONDS = 60.0
MAX_BYTES = 256 * 1024 * 1024  # of one result
MAX_REQUEST = 1024 * 1024
MAX_GUESTS = 8  # connections served at once; more wait
ROWS = 8_192  # in one batch of a result
STARTING_S = 2.0  # how long a client waits for a run that has the lock but no socket yet
READING = {duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN}


class Door:
    """Answers SQL and status for the process that writes. A context manager; all of its work is done in its own threads.

    A statement is one SELECT or EXPLAIN in a read-only transaction on a cursor of its own, on a connection without file access: it can
    neither write nor read anything but this database. It ends after 60 s, at 256 MB, or when the client hangs up.
    """

    def __init__(
        self, cursor: Callable[[], duckdb.DuckDBPyConnection], status: Callable[[], Json], lock: RunLock, max_seconds: float = MAX_SECONDS
    ) -> None:
        self._max_seconds = max_seconds
        self._cursor = cursor
        self._status = status
        self._lock = lock
        self._folder = ""
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._closing = threading.Event()
        self._places = threading.BoundedSemaphore(MAX_GUESTS)
        self._guests: set[threading.Thread] = set()
        self._thread = threading.Thread(target=self._listen, name="door", daemon=True)

    def __enter__(self) -> Self:
        self._folder = tempfile.mkdtemp(prefix="stream-synth-")  # mode 0700, and short: a socket's path has at most 108 bytes
        path = Path(self._folder) / "door"
        self._listener.bind(str(path))
        path.chmod(0o600)
        self._listener.listen(MAX_GUESTS)
        self._listener.settimeout(0.1)  # how soon closing is noticed
        self._thread.start()
        self._lock.publish(str(path))
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._lock.publish("")
        self._closing.set()
        self._thread.join()
        self._listener.close()
        for guest in list(self._guests):
            guest.join()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _listen(self) -> None:
        while not self._closing.is_set():
            if not self._places.acquire(timeout=0.1):
                continue
            try:
                connection, _ = self._listener.accept()
            except TimeoutError:
                self._places.release()
                continue
            guest = threading.Thread(target=self._serve, args=(connection,), name="door-guest", daemon=True)
            self._guests.add(guest)
            guest.start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            with connection, contextlib.suppress(OSError):  # a client that hung up
                connection.settimeout(MAX_SECONDS)
                self._answer(connection)
        finally:
            self._guests.discard(threading.current_thread())
            self._places.release()

    def _answer(self, connection: socket.socket) -> None:
        with connection.makefile("rb") as reader:
            line = reader.readline(MAX_REQUEST + 1)
        try:
            request = orjson.loads(line)
        except orjson.JSONDecodeError:
            request = None
        match request:
            case {"status": True}:
                _say(connection, {"status": dict(self._status())})
            case {"sql": str(statement)} if len(line) <= MAX_REQUEST:
                with contextlib.closing(self._cursor()) as cursor:
                    _Query(connection, cursor, self._closing, self._max_seconds).run(statement)
            case _:
                _say(connection, {"error": f"not understood: one JSON line of at most {MAX_REQUEST} bytes with sql or status"})


class _Query:
    """One statement on its way: a thread runs it, another watches the clock and the client."""

    def __init__(self, connection: socket.socket, cursor: duckdb.DuckDBPyConnection, closing: threading.Event, max_seconds: float) -> None:
        self._connection = connection
        self._cursor = cursor
        self._closing = closing
        self._max_seconds = max_seconds
        self._ended = threading.Event()
        self._why = ""

    def run(self, statement: str) -> None:
        watcher = threading.Thread(target=self._watch, name="door-watch", daemon=True)
        watcher.start()
        sink = _Chunks(self._connection)
        try:
            _write(self._cursor, statement, sink)
            error = ""
        except (StreamSynthError, duckdb.Error, pa.ArrowException) as problem:
            error = self._why or first_line(problem)
        finally:
            self._ended.set()
            watcher.join()
        sink.end(error)

    def _watch(self) -> None:
        deadline = time.monotonic() + self._max_seconds
        while not self._ended.wait(0.05):
            if select.select([self._connection], [], [], 0)[0]:
                self._why = "the client hung up"
            elif self._closing.is_set():
                self._why = "the run is ending: ask again, the file can be read directly then"
            elif time.monotonic() > deadline:
                self._why = f"stopped after {self._max_seconds:g} s: ask for less"
            if self._why:
                self._cursor.interrupt()


class _Chunks:
    """A file for Arrow to write into: the header before the first bytes, each write as a chunk."""

    closed = False

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._size = 0

    def write(self, chunk: bytes) -> int:
        if not self._size:
            _say(self._connection, {"rows": True})
        size = memoryview(chunk).nbytes
        self._size += size
        if self._size > MAX_BYTES:
            raise StoreError(f"the result is larger than {MAX_BYTES >> 20} MB: ask for less, with WHERE, LIMIT or fewer columns")
        self._connection.sendall(size.to_bytes(4, "big") + bytes(chunk))
        return size

    def end(self, error: str) -> None:
        if self._size:
            self._connection.sendall(bytes(4))
            _say(self._connection, {"error": error} if error else {})
        else:
            _say(self._connection, {"error": error})


def query(directory: Path, sql: str) -> pa.Table:
    """The result of one SELECT on a run directory, live or not. `StoreError` in one line when it cannot be had."""
    if (live := _reachable(directory)) is not None:
        with _asked(live, {"sql": sql}) as (header, reader):
            if "rows" in header:
                return _received(reader)
            raise StoreError(header.get("error", "the run gave no answer; ask again"))
    path = directory / FILE
    if not path.exists():
        raise StoreError(f"{directory}: no database there ({FILE} is missing); give a run directory, or run first")
    try:
        with duckdb.connect(path, read_only=True, config=SETTINGS) as connection:
            sink = pa.BufferOutputStream()
            _write(connection, sql, sink)
            return pa.ipc.open_stream(sink.getvalue()).read_all()
    except (duckdb.Error, pa.ArrowException) as error:
        raise StoreError(first_line(error)) from error


def live_status(directory: Path) -> Json | None:
    """What the run that holds this directory says of itself; None when no run does."""
    if (live := _reachable(directory)) is None:
        return None
    with _asked(live, {"status": True}) as (header, _):
        status: Json = header["status"]
        return status


def first_line(error: Exception) -> str:
    """A database's error on one line, with the place of a syntax error but without the drawing."""
    return " ".join(str(error).split("\n\nLINE", maxsplit=1)[0].split())


def _write(connection: duckdb.DuckDBPyConnection, statement: str, sink: object) -> None:
    """Run one reading statement and write its rows. The transaction is what keeps `EXPLAIN ANALYZE INSERT` and the like from writing."""
    parsed = connection.extract_statements(statement)
    if len(parsed) != 1 or parsed[0].type not in READING:
        raise StoreError("only one SELECT or EXPLAIN statement is answered here")
    connection.execute("BEGIN TRANSACTION READ ONLY")  # closing the connection ends it
    rows = connection.sql(parsed[0].query).to_arrow_reader(ROWS)
    with contextlib.closing(rows), pa.ipc.new_stream(sink, rows.schema) as writer:
        for batch in rows:
            writer.write_batch(batch)


def _reachable(directory: Path) -> Holder | None:
    """The run to ask, if there is one; waits a moment for one that is just starting."""
    deadline = time.monotonic() + STARTING_S
    while (live := holder(directory)) is not None:
        if live.socket:
            return live
        if time.monotonic() > deadline:
            raise StoreError(f"{directory}: process {live.pid} is starting or ending there; ask again in a moment")
        time.sleep(0.05)
    return None


@contextlib.contextmanager
def _asked(live: Holder, request: Json) -> Any:  # noqa: ANN401
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(MAX_SECONDS + 10)
            connection.connect(live.socket)
            _say(connection, request)
            with connection.makefile("rb") as reader:
                yield _line(reader), reader
    except OSError as error:
        raise StoreError(f"process {live.pid} does not answer on {live.socket} ({error}); ask again in a moment") from error


def _received(reader: IO[bytes]) -> pa.Table:
    chunks = []
    while size := int.from_bytes(reader.read(4), "big"):
        chunks.append(reader.read(size))
    if error := _line(reader).get("error"):
        raise StoreError(error)
    return pa.ipc.open_stream(pa.py_buffer(b"".join(chunks))).read_all()


def _say(connection: socket.socket, message: Json) -> None:
    connection.sendall(orjson.dumps(message) + b"\n")


def _line(reader: IO[bytes]) -> dict[str, Any]:
    try:
        return cast("dict[str, Any]", orjson.loads(reader.readline()))
    except orjson.JSONDecodeError:
        return {"error": "the run ended while it answered; ask again"}
