"""Runs checks against one program, each in a process of its own. This file runs inside the sandbox, by itself: standard library only.

Standard input: {"program", "rival", "checks": [{"kind", "code", "stdin"}], "check_s", "total_s", "mark"} as JSON; the kinds are those
of `running.Kind`. Standard output: for each check that was run a line of the mark and JSON: {"outcome", "said", "seconds"}. Lines
without the mark are the program's.
"""

from __future__ import annotations

import builtins
import contextlib
import ctypes
import json
import os
import re
import select
import signal
import sys
import time
from types import CodeType
from typing import Any, NoReturn

PROGRAM, TEST = "solution.py", "test.py"
SAID_CHARS = 20_000  # of what a program prints or a value is written as; longer texts are told apart by a hash
ERROR_CHARS = 1_000
_MOST_LINE = 1 << 20  # characters of one report: 20 times the longest
RACE_S, RACE_ROUNDS, MOST_RACE_S = (
    0.02,
    7,
    1.0,
)  # of each test: thousands of rounds of a short function, 7 of a slow one, fewer beyond 0.1 s
_WALL_FACTOR = 4  # a check that sleeps, or has to wait for the machine, may take so much longer than its CPU time
_ADDRESS = re.compile(r" at 0x[0-9a-f]+")


def main() -> None:
    """All checks in order, until the time for all of them is over."""
    ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)  # what it holds, the descriptor of its own output too, is closed to the programs
    job = json.loads(sys.stdin.buffer.read())
    mark = job.pop("mark")
    deadline = time.monotonic() + job["total_s"]
    for check in job["checks"]:
        left = deadline - time.monotonic()
        if left <= 0:
            return
        told = mark + json.dumps(_apart(job, check, left), ensure_ascii=False) + "\n"
        sys.stdout.buffer.write(told.encode(errors="replace"))
        sys.stdout.buffer.flush()


def _apart(job: dict[str, Any], check: dict[str, str], left: float) -> dict[str, Any]:
    """One check in a child: what it does to memory, files and itself ends with it."""
    reading, writing = os.pipe()
    mark = os.urandom(16)  # what a program writes into all descriptors that it finds is no report
    child = os.fork()
    if child == 0:
        os.close(reading)
        os.setsid()
        signal.setitimer(signal.ITIMER_PROF, job["check_s"])  # CPU time; nobody handles the signal, so it ends the process
        _check_and_end(job, check, writing, mark)
    os.close(writing)
    line, late = _report(reading, min(left, _WALL_FACTOR * job["check_s"]))
    for kill in (os.kill, os.killpg):  # late, it may not lead its group yet
        with contextlib.suppress(ProcessLookupError):
            kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if line.startswith(mark):
        outcome, _, told = line.removeprefix(mark).partition(b" ")
        with contextlib.suppress(ValueError, TypeError, RecursionError):
            said, seconds = json.loads(told)
            return {"outcome": outcome.decode(), "said": str(said), "seconds": float(seconds)}
    if late or (os.WIFSIGNALED(status) and os.WTERMSIG(status) in {signal.SIGPROF, signal.SIGXCPU}):
        return {"outcome": "timeout", "said": f"ran longer than {job['check_s']:g} s", "seconds": job["check_s"]}
    return {"outcome": "killed", "said": "the program ended its own process, or was ended by the system", "seconds": 0.0}


def _report(reading: int, wait_s: float) -> tuple[bytes, bool]:
    """The child's line, empty when it left none; and whether the time was over."""
    told = b""
    deadline = time.monotonic() + wait_s
    with os.fdopen(reading, "rb", buffering=0) as pipe:
        while not told.endswith(b"\n") and len(told) < _MOST_LINE:
            if not select.select([pipe], [], [], max(deadline - time.monotonic(), 0))[0]:
                return b"", True
            if not (chunk := pipe.read(1 << 16)):
                return b"", False
            told += chunk
    return told, False


def _check_and_end(job: dict[str, Any], check: dict[str, str], writing: int, mark: bytes) -> NoReturn:
    """The child's whole life. What the program raises is caught by nobody: Python's own last word is the report."""
    began = time.perf_counter()
    write = os.write  # the verdict goes out first, by nothing that the program may have replaced

    def tell(outcome: str, said: str) -> NoReturn:
        write(writing, mark + outcome.encode() + b" ")
        told = (_bounded(said), time.perf_counter() - began)
        with os.fdopen(writing, "wb") as report:
            report.write((json.dumps(told, ensure_ascii=False) + "\n").encode(errors="replace"))
        os._exit(0)

    def raised(_kind: type[BaseException], error: BaseException, _trace: object) -> None:
        tell("failed" if isinstance(error, AssertionError) else "error", _told(error, job["program"], check["code"]))

    sys.excepthook = raised
    _redirect(check["stdin"])
    space: dict[str, Any] = {"__name__": "solution" if check["code"] else "__main__"}
    program = compile(job["program"], PROGRAM, "exec")
    evaluate = eval
    code = compile(check["code"], TEST, "eval" if check["kind"] == "value" else "exec")
    match check["kind"]:
        case "raced":
            tell("passed", _raced((program, compile(job["rival"], PROGRAM, "exec")), code, space))
        case "traced":
            from tracer import Trace  # type: ignore[import-not-found]  # noqa: PLC0415  # lies beside this file, where it is wanted

            trace = Trace(PROGRAM, whole=not check["code"])
            sys.excepthook = lambda *_: tell("passed", json.dumps(trace.steps))
            sys.settrace(trace.entered)
            _whole(program, code, space)
            sys.settrace(None)
            tell("passed", json.dumps(trace.steps))
        case "value":
            exec(program, space)  # noqa: S102  # what the sandbox is for
            tell("passed", _ADDRESS.sub("", repr(evaluate(code, space))))
        case _:
            _whole(program, code, space)
            tell("passed", _printed() if check["kind"] == "printed" else "")


def _whole(program: CodeType, code: CodeType, space: dict[str, Any]) -> None:
    """Program and test; a whole program may end by `sys.exit()`. The test meets Python's own builtins, whatever became of them."""
    execute, known, own = exec, builtins.__dict__, dict(builtins.__dict__)
    try:
        execute(program, space)
        known.update(own)
        execute(code, space)
    except SystemExit as end:
        if end.code or space["__name__"] != "__main__":
            raise RuntimeError(f"the program ended itself: exit({end.code!r})") from end


def _raced(programs: tuple[CodeType, CodeType], code: CodeType, space: dict[str, Any]) -> str:
    """Seconds of the fastest round of each, as JSON. They take turns, so that whatever else the machine does slows both.

    Each round starts anew: nothing remembered in it makes the next one faster.
    """
    times: tuple[list[float], list[float]] = ([], [])
    start = time.perf_counter()
    while not times[0] or _goes_on(len(times[0]), time.perf_counter() - start):
        for program, taken in zip(programs, times, strict=True):
            _rewind()
            fresh = dict(space)
            began = time.perf_counter()
            _whole(program, code, fresh)
            taken.append(time.perf_counter() - began)
    return json.dumps([min(taken) for taken in times])


def _goes_on(rounds: int, spent: float) -> bool:
    return spent < RACE_S or (rounds < RACE_ROUNDS and spent < MOST_RACE_S)


def _redirect(stdin: str) -> None:
    """Standard input from the check; what is printed goes into a file of this process."""
    given, printed = _nameless(), _nameless()
    left = stdin.encode(errors="replace")
    while left:
        left = left[os.write(given, left) :]
    for file, number in ((given, 0), (printed, 1), (printed, 2)):
        os.dup2(file, number)
    sys.stdout = open(1, "w", encoding="utf-8", errors="replace", closefd=False)  # noqa: SIM115
    sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
    _rewind()


def _nameless() -> int:
    """A file of this process alone. `tempfile` would take longer to import than a short test to run."""
    name = f".{os.getpid()}"
    file = os.open(name, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
    os.unlink(name)  # noqa: PTH108  # pathlib too
    return file


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
    if len(said) <= SAID_CHARS:
        return said
    import hashlib  # noqa: PLC0415  # 5 ms that short texts need not pay

    return f"{said[:SAID_CHARS]}… {hashlib.sha256(said.encode(errors='replace')).hexdigest()}"


def _told(error: BaseException, program: str, test: str) -> str:
    """The error as Python tells it, without the lines of this file."""
    import linecache  # noqa: PLC0415  # these two cost as much as Python's start itself, and most tests pass
    import traceback  # noqa: PLC0415

    for name, text in ((PROGRAM, program), (TEST, test)):
        linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename not in {PROGRAM, TEST}:
        trace = trace.tb_next
    # Of a test that failed by itself the last line says it all.
    alone = isinstance(error, AssertionError) and str(error) and trace is not None and trace.tb_next is None
    lines = traceback.format_exception(type(error), error, None if alone else trace, chain=False, limit=-4)
    return "".join(lines)[-ERROR_CHARS:].strip()


if __name__ == "__main__":
    main()
