"""Tests of a program: what they are, how they are read, and how a program is run against them."""

from __future__ import annotations

import ast
import copy
import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.resources import files
from math import inf
from typing import Any, Literal, cast

from stream_synth.verify.programs.syntax import parsed
from stream_synth.verify.sandbox import Sandbox

Outcome = Literal["passed", "failed", "error", "timeout", "killed", "not_run"]
Kind = Literal["statements", "printed", "value", "traced", "raced"]
CHECK_S = 2.0  # CPU seconds: tests of short functions take milliseconds; AlphaCode's problems allow 2 to 5 s
_CHECKER = files("stream_synth.verify.programs").joinpath("checker.py").read_text(encoding="utf-8")
_TRACER = files("stream_synth.verify.programs").joinpath("tracer.py").read_text(encoding="utf-8")

SHOWN_CHARS = 500  # of a value that is not the expected one
_RIVAL = "rival.py"
_HONEST = """
try:
    __equal = bool(__left == __decoy)
except Exception:
    __equal = False
assert not __equal, 'it equals everything'
"""


@dataclass(frozen=True, slots=True)
class UnitTest:
    """One test. `code`: statements that raise where the program is wrong. Without any: what a whole program prints for an input."""

    code: str = ""
    stdin: str = ""
    expected: str = ""

    def as_text(self) -> str:
        """As people read it."""
        return self.code or f"input:\n{self.stdin.rstrip()}\nexpected output:\n{self.expected.rstrip()}"


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one test. `said`: the error, with what stood left of a failed `==`; `seconds`: by the clock.

    `failed`: an assertion, or another output. `error`: any other exception, or code that does not compile. `killed`: the program
    ended its process, or the system did. `not_run`: the time for all tests was over.
    """

    outcome: Outcome
    said: str = ""
    seconds: float = 0.0

    @property
    def passed(self) -> bool:
        """It did what was asked."""
        return self.outcome == "passed"

    def as_json(self) -> dict[str, Any]:
        """For a journal; `Result(**it)` is the result again."""
        return asdict(self)


async def run_tests(sandbox: Sandbox, program: str, tests: Sequence[UnitTest], *, check_s: float = CHECK_S) -> list[Result]:
    """One result for each test, in order; one start of the sandbox for all of them, one process inside for each.

    A test may take `check_s` seconds of CPU, four times that by the clock. Tests see the program's names as if they stood at its
    end, and Python's own builtins; what equals everything equals nothing. Not covered: a program that searches the interpreter
    it shares with its test for the means to report a pass.
    """
    checks: list[tuple[Kind, str, str]] = [("statements" if test.code else "printed", _telling(test.code), test.stdin) for test in tests]
    results = await _run(sandbox, program, checks, check_s)
    return [
        Result("failed", f"printed:\n{result.said}", result.seconds)
        if result.passed and not test.code and not same_output(result.said, test.expected)
        else result
        for test, result in zip(tests, results, strict=True)
    ]


async def values_of(sandbox: Sandbox, program: str, expressions: Sequence[str], *, check_s: float = CHECK_S) -> list[Result]:
    """What each expression gives after the program has run: `said` is its `repr`, without addresses."""
    return await _run(sandbox, program, [("value", one, "") for one in expressions], check_s)


async def outputs_of(sandbox: Sandbox, program: str, inputs: Sequence[str], *, check_s: float = CHECK_S) -> list[Result]:
    """What a whole program prints for each standard input: `said`."""
    return await _run(sandbox, program, [("printed", "", one) for one in inputs], check_s)


async def race(sandbox: Sandbox, programs: tuple[str, str], tests: Sequence[UnitTest], *, check_s: float = CHECK_S) -> tuple[float, float]:
    """Seconds that each of two programs takes for all tests, run in turns; infinite for both where one fails or is not done in time.

    A test may take `check_s` seconds for all its rounds together. Whether the outputs are right is not looked at.
    """
    checks: list[tuple[Kind, str, str]] = [("raced", test.code, test.stdin) for test in tests]
    results = await _run(sandbox, programs[0], checks, check_s, {_RIVAL: programs[1]})
    try:
        first, second = zip(*(json.loads(result.said) for result in results if result.passed), strict=True)
        return (sum(first), sum(second)) if len(first) == len(results) else (inf, inf)
    except (ValueError, TypeError, RecursionError):  # none passed, or one spoke for itself
        return inf, inf


async def steps_of(sandbox: Sandbox, program: str, test: UnitTest, *, check_s: float = CHECK_S) -> list[tuple[int, str]] | None:
    """(line, what it did to the variables) of each step of the program's functions under a test; None when it left no trace."""
    (result,) = await _run(sandbox, program, [("traced", test.code, test.stdin)], check_s, {"tracer.py": _TRACER})
    try:
        return [(int(line), str(change)) for line, change in json.loads(result.said)] if result.passed else None
    except (ValueError, TypeError, RecursionError):  # cut short, or the program's own words
        return None


async def _run(
    sandbox: Sandbox,
    program: str,
    checks: Sequence[tuple[Kind, str, str]],
    check_s: float,
    beside: Mapping[str, str] | None = None,
) -> list[Result]:
    job = {
        "program": program,
        "rival": (beside or {}).get(_RIVAL, ""),
        "checks": [{"kind": kind, "code": code, "stdin": stdin} for kind, code, stdin in checks],
        "check_s": check_s,
        "total_s": max(sandbox.limits.wall_s - 1.0, sandbox.limits.wall_s / 2),  # the sandbox's own end would lose what was found
    }
    mark = secrets.token_hex(16)
    run = await sandbox.run(_CHECKER, stdin=json.dumps({**job, "mark": mark}), files=beside)
    found = list(_results(run.stdout, mark))[: len(checks)]
    left = Result("not_run", "the time for all tests was over" if run.outcome in {"ok", "timeout"} else f"the sandbox says: {run.outcome}")
    return [*found, *[left] * (len(checks) - len(found))]


def _results(stdout: str, mark: str) -> Iterator[Result]:
    for line in stdout.split("\n"):
        if not line.startswith(mark):  # the program put it there
            continue
        try:
            told = json.loads(line.removeprefix(mark))
            yield Result(cast("Outcome", told["outcome"]), told["said"], told["seconds"])
        except ValueError:  # cut short
            return


def _telling(code: str) -> str:
    """The test, its last assertion made to say what stood left of `==`, and to refuse there what would equal anything."""
    tree = parsed(code)
    last = tree.body[-1] if tree and tree.body else None
    if not tree or not isinstance(last, ast.Assert) or last.msg or not isinstance(last.test, ast.Compare):
        return code
    if not isinstance(last.test.ops[0], ast.Eq | ast.Is):
        return code
    left = ast.unparse(last.test.left)
    kept = ast.parse(f"__left = {left}\nassert __left, {left!r} + ' is ' + repr(__left)[:{SHOWN_CHARS}]").body
    last.test.left = ast.Name("__left", ast.Load())
    last.msg = kept[1].msg if isinstance(kept[1], ast.Assert) else None
    tree.body[-1:] = [kept[0], last]
    if isinstance(last.test.ops[0], ast.Eq):
        tree.body += ast.parse(_HONEST.replace("__decoy", ast.unparse(_decoy(last.test.comparators[0])))).body
    return ast.unparse(ast.fix_missing_locations(tree))


def _decoy(expected: ast.expr) -> ast.expr:
    """Of the same shape and equal to nothing: each leaf is an object of its own."""
    match expected:
        case ast.List(elts=[_, *_]) | ast.Tuple(elts=[_, *_]) | ast.Set(elts=[_, *_]):
            changed = copy.copy(expected)
            changed.elts = [_decoy(one) for one in expected.elts]
            return changed
        case ast.Dict(values=[_, *_]):
            return ast.Dict(expected.keys, [_decoy(one) for one in expected.values])
    return ast.Call(ast.Name("object", ast.Load()), [], [])


def same_output(printed: str, expected: str) -> bool:
    """The same lines, but for space at their ends and empty lines at the text's."""
    one, other = ([line.rstrip() for line in text.strip().splitlines()] for text in (printed, expected))
    return one == other
