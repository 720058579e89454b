"""What became of a program, from what its launcher reported and what it wrote."""

from __future__ import annotations

from stream_synth.errors import RunError
from stream_synth.verify.sandbox.child import Child
from stream_synth.verify.sandbox.limits import Outcome, Run


def how_it_ended(child: Child, seconds: float, *, late: bool) -> Run:
    """The run of a child that is over. `RunError` when it never began."""
    ending = child.ending
    if ending.startswith("failed "):
        raise RunError(f"sandbox: cannot start {ending.removeprefix('failed ').split(';')[0]}; is it installed, and readable for others?")
    stderr = child.stderr.decode(errors="replace")
    outcome, code = _outcome(ending.partition(" ")[2], stderr)
    if child.too_much:
        outcome, code = "output", None
    elif late:
        outcome, code = "timeout", None
    return Run(outcome, code, child.stdout.decode(errors="replace"), stderr, seconds)


def _outcome(ending: str, stderr: str) -> tuple[Outcome, int | None]:
    match ending.split():
        case ["exit", "0"]:
            return "ok", 0
        case ["exit", code]:
            return ("memory" if _ran_out(stderr) else "error"), int(code)
        case ["memory"]:
            return "memory", None
        case ["cpu"]:
            return "timeout", None
        case _:
            return "killed", None


def _ran_out(stderr: str) -> bool:
    """Python's own words for it on the last line: `MemoryError`, or a subclass with its module before it."""
    last = stderr.rstrip().rpartition("\n")[2]
    return last.partition(":")[0].endswith("MemoryError") or "MemoryError" in last[:40]
