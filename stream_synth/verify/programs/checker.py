"""Runs checks against one program, each in a process of its own. This file runs inside the sandbox, by itself: standard library only.

Standard input: {"program", "checks": [{"kind", "code", "stdin"}], "check_s", "total_s", "repeat_s"} as JSON. Standard output: one
JSON line for each check that was run: {"outcome", "said", "seconds"}.
"""

from __future__ import annotations

import ast
import contextlib
import hashlib
import json
import linecache
import os
import re
import select
import signal
import sys
import tempfile
import time
import traceback
from types import CodeType
from typing import Any

PROGRAM, TEST = "solution.py", "test.py"
SAID_CHARS = 20_000  # of what a program prints or a value is written as; longer texts are told apart by a hash
ERROR_CHARS = 1_000
_WALL_FACTOR = 4  # a check that sleeps, or has to wait for the machine, may take so much longer than its CPU time
_ADDRESS = re.compile(r" at 0x[0-9a-f]+")


def main() -> None:
    """All checks in order, until the time for all of them is over."""
    job = json.loads(sys.stdin.buffer.read())
    deadline = time.monotonic() + job["total_s"]
    linecache.cache[PROGRAM] = (len(job["program"]), None, job["program"].splitlines(keepends=True), PROGRAM)
    for check in job["checks"]:
        left = deadline - time.monotonic()
        if left <= 0:
            return
        told = json.dumps(_apart(job, check, left), ensure_ascii=False) + "\n"
        sys.stdout.buffer.write(told.encode(errors="replace"))
        sys.stdout.buffer.flush()


def _apart(job: dict[str, Any], check: dict[str, str], left: float) -> dict[str, Any]:
    """One check in a child: what it does to memory, files and itself ends with it."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        os.setsid()
        signal.setitimer(signal.ITIMER_PROF, job["check_s"])  # CPU time; nobody handles the signal, so it ends the process
        try:
            told = (json.dumps(_checked(job, check), ensure_ascii=False) + "\n").encode(errors="replace")
        except BaseException:  # noqa: BLE001  # a report that cannot be made; whatever it was, this process must end here
            os._exit(1)
        with os.fdopen(writing, "wb") as report:
            report.write(told)
        os._exit(0)
    os.close(writing)
    line, late = _report(reading, min(left, _WALL_FACTOR * job["check_s"]))
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if line:
        return dict(json.loads(line))
    if late or (os.WIFSIGNALED(status) and os.WTERMSIG(status) in {signal.SIGPROF, signal.SIGXCPU}):
        return {"outcome": "timeout", "said": f"ran longer than {job['check_s']:g} s", "seconds": job["check_s"]}
    return {"outcome": "killed", "said": "the program ended its own process, or was ended by the system", "seconds": 0.0}


def _report(reading: int, wait_s: float) -> tuple[bytes, bool]:
    """The child's line, empty when it left none; and whether the time was over."""
    told = b""
    deadline = time.monotonic() + wait_s
    with os.fdopen(reading, "rb", buffering=0) as pipe:
        while not told.endswith(b"\n"):
            if not select.select([pipe], [], [], max(deadline - time.monotonic(), 0))[0]:
                return b"", True
            if not (chunk := pipe.read(1 << 16)):
                return b"", False
            told += chunk
    return told, False


def _checked(job: dict[str, Any], check: dict[str, str]) -> dict[str, Any]:
    _redirect(check["stdin"])
    linecache.cache[TEST] = (len(check["code"]), None, check["code"].splitlines(keepends=True), TEST)
    space, said, times, start = {}, "", list[float](), time.perf_counter()
    try:
        program = compile(job["program"], PROGRAM, "exec")
        code = compile(check["code"], TEST, "eval" if check["kind"] == "value" else "exec")
        while not times or time.perf_counter() - start < job["repeat_s"]:
            _rewind()
            space = {"__name__": "solution" if check["code"] else "__main__"}
            began = time.perf_counter()
            said = _one(program, code, check, space)
            times.append(time.perf_counter() - began)
    except BaseException as error:  # noqa: BLE001  # whatever the program raises is the result
        if not (check["kind"] == "printed" and isinstance(error, SystemExit) and not error.code):
            outcome = "failed" if isinstance(error, AssertionError) else "error"
            return {"outcome": outcome, "said": _told(error) + _got(check, error, space), "seconds": sum(times)}
    if check["kind"] == "printed":
        said = _printed()
    return {"outcome": "passed", "said": _bounded(said), "seconds": min(times, default=0.0)}


def _one(program: CodeType, code: CodeType, check: dict[str, str], space: dict[str, Any]) -> str:
    if check["kind"] == "traced":
        from tracer import traced  # type: ignore[import-not-found]  # noqa: PLC0415  # lies beside this file, where it is wanted

        return json.dumps(traced((program, code), space, PROGRAM, whole=not check["code"]))
    exec(program, space)  # noqa: S102  # what the sandbox is for
    if check["kind"] == "value":
        return _ADDRESS.sub("", repr(eval(code, space)))  # noqa: S307
    exec(code, space)  # noqa: S102
    return ""


def _redirect(stdin: str) -> None:
    """Standard input from the check; what is printed goes into a file of this process."""
    given, printed = tempfile.TemporaryFile(), tempfile.TemporaryFile()  # noqa: SIM115  # they live as long as this process
    given.write(stdin.encode(errors="replace"))
    given.flush()
    os.dup2(given.fileno(), 0)
    for number in (1, 2):
        os.dup2(printed.fileno(), number)
    sys.stdout = open(1, "w", encoding="utf-8", errors="replace", closefd=False)  # noqa: SIM115
    sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115


def _rewind() -> None:
    sys.stdout.flush()
    os.lseek(0, 0, os.SEEK_SET)
    os.ftruncate(1, 0)
    os.lseek(1, 0, os.SEEK_SET)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115


def _printed() -> str:
    sys.stdout.flush()
    return os.pread(1, 1 << 24, 0).decode(errors="replace")


def _bounded(said: str) -> str:
    return said if len(said) <= SAID_CHARS else f"{said[:SAID_CHARS]}… {hashlib.sha256(said.encode(errors='replace')).hexdigest()}"


def _told(error: BaseException) -> str:
    """The error as Python tells it, without the lines of this file."""
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename not in {PROGRAM, TEST}:
        trace = trace.tb_next
    try:
        lines = traceback.format_exception(type(error), error, trace, chain=False, limit=-4)
    except Exception:  # noqa: BLE001  # an error of the program's own making that cannot be written
        return type(error).__name__
    return "".join(lines)[-ERROR_CHARS:].strip()


def _got(check: dict[str, str], error: BaseException, space: dict[str, Any]) -> str:
    """What stood left of the `==` of a failed assertion."""
    with contextlib.suppress(Exception):
        (node,) = ast.parse(check["code"]).body[-1:]
        if isinstance(error, AssertionError) and isinstance(node, ast.Assert) and isinstance(node.test, ast.Compare):
            left = ast.unparse(node.test.left)
            return f"\n{left} is {eval(left, space)!r}"[:ERROR_CHARS]  # noqa: S307  # in the same process as the program
    return ""


if __name__ == "__main__":
    main()
