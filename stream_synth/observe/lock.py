"""One process at a time in a run directory, and where to ask it."""

from __future__ import annotations

import fcntl
import os
import socket
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Self

import orjson

from stream_synth.errors import LockedError, StoreError

FILE = "lock"
TRIES = 5  # a reader that probes the lock holds it for microseconds: look again before naming it the holder
TRY_AGAIN_S = 0.02


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a run directory."""

    pid: int
    host: str
    started_at: float
    socket: str = ""  # path of its control socket; empty while it starts or ends


class RunLock:
    """`DIR/lock`, held by flock: the kernel frees it when the process ends, however it ends. Use as a context manager.

    `LockedError` names the process that holds the directory.
    """

    def __init__(self, directory: Path) -> None:
        self._path = directory / FILE
        self._descriptor = -1
        self._holder = Holder(os.getpid(), socket.gethostname(), time.time())

    def __enter__(self) -> Self:
        for _ in range(TRIES):
            if self._take():
                self._write()
                return self
            time.sleep(TRY_AGAIN_S)
        raise LockedError(_held(self._path, _read(self._path)))

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._path.unlink(missing_ok=True)
        os.close(self._descriptor)

    def publish(self, socket_path: str) -> None:
        """Tell others where to ask; an empty path takes it back."""
        self._holder = replace(self._holder, socket=socket_path)
        self._write()

    def _take(self) -> bool:
        try:
            self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise StoreError(
                f"{self._path}: cannot lock the run directory ({error.strerror}); check that it exists and is writable"
            ) from error
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.fstat(self._descriptor).st_ino == self._path.stat().st_ino:
                return True
        except (BlockingIOError, FileNotFoundError):
            pass  # held by another, or the holder took the file away just before we locked it
        os.close(self._descriptor)
        return False

    def _write(self) -> None:
        text = orjson.dumps(asdict(self._holder))
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, text, 0)


def holder(directory: Path) -> Holder | None:
    """The live process that holds this directory, if there is one. A file left by a killed process does not count."""
    path = directory / FILE
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _read(path) or Holder(0, "", 0.0)
    finally:
        os.close(descriptor)
    return None


def _read(path: Path) -> Holder | None:
    try:
        return Holder(**orjson.loads(path.read_bytes()))
    except (OSError, orjson.JSONDecodeError, TypeError):
        return None  # just being written, or gone


def _held(path: Path, held: Holder | None) -> str:
    if held is None:
        return f"{path.parent} is in use by another process; wait for it, or stop it, then run again"
    since = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(held.started_at))
    return f"{path.parent} is in use by process {held.pid} on {held.host} since {since}; wait for it, or stop it, then run again"
