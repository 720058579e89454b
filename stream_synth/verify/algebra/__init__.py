"""The slow comparison of answers: computer algebra (math-verify) in processes of its own, killed when they think too long.

For what `same_answer` does not cover: equations up to scale, matrices, factorials, logarithms of any base, sums, identities.
Needs the extra `maths`; without it nothing is found equal here.
"""

from __future__ import annotations

import atexit
import json
import select
import subprocess
import sys
from functools import lru_cache
from importlib.util import find_spec
from queue import LifoQueue
from typing import Literal, TypeAlias

from stream_synth.verify.equality import MAX_COMPARED_CHARS
from stream_synth.verify.normal import normal_form
from stream_synth.verify.number import read_number

TIMEOUT_S = 5.0  # of one comparison; on MATH 99.9 % take less than a second
START_S = 60.0  # to import sympy on a busy machine
WORKERS = 2  # processes of about 90 MB
Finding: TypeAlias = Literal["equal", "different", "timeout", "unavailable"]


def may_be_algebra(got: str, expected: str) -> bool:
    """Neither side is plain: exact numbers and words were compared for good by `same_answer`."""
    if not (got.strip() and expected.strip()) or max(len(got), len(expected)) > MAX_COMPARED_CHARS:
        return False
    left, right = normal_form(got), normal_form(expected)
    return not (read_number(left) and read_number(right)) and all(_is_formula(one) for one in (left, right))


def _is_formula(text: str) -> bool:
    return any(letter.isdigit() or letter in "\\=^+" for letter in text) and not any("\u4e00" <= letter <= "\u9fff" for letter in text)


class Algebra:
    """A few processes that compare. Its methods block for `timeout_s` (and once for a start): call them in a thread."""

    def __init__(self, workers: int = WORKERS, timeout_s: float = TIMEOUT_S) -> None:
        self._timeout_s = timeout_s
        self._slots: LifoQueue[subprocess.Popen[bytes] | None] = LifoQueue()
        for _ in range(workers):
            self._slots.put(None)

    def compare(self, got: str, expected: str) -> Finding:
        """What computer algebra says of the two answers; `timeout` also where the process died of them."""
        if find_spec("math_verify") is None:
            return "unavailable"
        process = self._slots.get()
        try:
            if process is None or process.poll() is not None:
                process = self._started()
            line = self._asked(process, json.dumps([got, expected]))
        finally:
            if process is not None and process.poll() is not None:
                process = None
            self._slots.put(process)
        return {"true": "equal", "false": "different"}.get(line, "timeout")  # type: ignore[return-value]  # three of the four

    def close(self) -> None:
        """End the processes."""
        for _ in range(self._slots.qsize()):
            process = self._slots.get()
            if process is not None:
                _end(process)
            self._slots.put(None)

    def _started(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "stream_synth.verify.algebra.worker", str(2 * self._timeout_s)]
        process = subprocess.Popen(  # noqa: S603  # our own module
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0
        )
        if _line(process, START_S) != "ready":
            _end(process)
        return process

    def _asked(self, process: subprocess.Popen[bytes], question: str) -> str:
        assert process.stdin is not None
        try:
            process.stdin.write(question.encode() + b"\n")
            line = _line(process, self._timeout_s)
        except BrokenPipeError:
            line = ""
        if not line:
            _end(process)
        return line


@lru_cache(maxsize=1)
def shared_algebra() -> Algebra:
    """The processes that all methods of this run share; they end with it."""
    algebra = Algebra()
    atexit.register(algebra.close)
    return algebra


def _line(process: subprocess.Popen[bytes], timeout_s: float) -> str:
    """One short line, or empty when none came in time."""
    assert process.stdout is not None
    ready, _, _ = select.select([process.stdout], [], [], timeout_s)
    return process.stdout.readline().decode().strip() if ready else ""


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()
