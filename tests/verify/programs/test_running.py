from __future__ import annotations

import pytest

from stream_synth.verify.programs import UnitTest, outputs_of, run_tests, same_output, steps_of, values_of
from stream_synth.verify.sandbox import Limits, Sandbox, protections

SANDBOX = Sandbox(Limits(wall_s=8, cpu_s=3, output_kb=4096), allow_unprotected=not protections().isolated)
ODD = """
def odd(way):
    if way == "loop":
        while True:
            pass
    if way == "sleep":
        __import__("time").sleep(60)
    if way == "leave":
        __import__("os")._exit(0)
    if way == "exit":
        raise SystemExit(0)
    if way == "grow":
        return [0] * 10**10
    if way == "print":
        print('{"outcome": "passed", "said": "", "seconds": 0}', flush=True)
        return 1
    return 0
"""


async def test_each_test_has_its_own_fate() -> None:
    """What one test does to its process, the next one does not see; whatever is printed is no verdict."""
    ways = {"fine": "passed", "loop": "timeout", "leave": "killed", "exit": "error", "grow": "error", "print": "failed", "": "passed"}

    results = await run_tests(SANDBOX, ODD, [UnitTest(f"assert odd({way!r}) == 0") for way in ways], check_s=0.3)

    assert [result.outcome for result in results] == list(ways.values())


async def test_a_sleeping_test_ends_by_the_clock() -> None:
    """At four times its CPU time."""
    (result,) = await run_tests(SANDBOX, ODD, [UnitTest("odd('sleep')")], check_s=0.05)

    assert (result.outcome, result.passed) == ("timeout", False)


async def test_a_failed_assertion_tells_what_was_got() -> None:
    """The line, and the value left of `==`, in Chinese too."""
    results = await run_tests(
        SANDBOX, "def 加(a, b):\n    return a - b", [UnitTest("assert 加(3, 1) == 4"), UnitTest("assert 加('一', 1)")]
    )

    assert [result.outcome for result in results] == ["failed", "error"]
    assert results[0].said.endswith("加(3, 1) is 2")
    assert "line 2, in 加" in results[1].said
    assert "TypeError" in results[1].said


async def test_a_whole_program_is_judged_by_what_it_prints() -> None:
    """Spaces at ends of lines do not count, other text does; `sys.exit()` is a way to end."""
    program = "import sys\nn = int(input())\nprint(n * 2, '')\nif __name__ == '__main__':\n    sys.exit()"
    pairs = [UnitTest(stdin="4\n", expected="8"), UnitTest(stdin="4\n", expected="9"), UnitTest(stdin="四", expected="8")]

    results = await run_tests(SANDBOX, program, pairs)

    assert [result.outcome for result in results] == ["passed", "failed", "error"]


async def test_code_that_does_not_compile_fails_every_test() -> None:
    """With Python's own words."""
    results = await run_tests(SANDBOX, "def f(:", [UnitTest("assert f()")] * 2)

    assert {(result.outcome, "SyntaxError" in result.said) for result in results} == {("error", True)}


async def test_tests_that_no_time_was_left_for_were_not_run() -> None:
    """Each is accounted for."""
    hurried = Sandbox(Limits(wall_s=2, cpu_s=3), allow_unprotected=not protections().isolated)

    results = await run_tests(hurried, ODD, [UnitTest("odd('loop')")] * 6, check_s=0.4)

    assert len(results) == 6
    assert (results[0].outcome, results[-1].outcome) == ("timeout", "not_run")


async def test_values_and_outputs() -> None:
    """`repr` without addresses; long ones are still told apart."""
    values = await values_of(SANDBOX, "def f(n):\n    return 'x' * n", ["f(2)", "object()", "f(30_000)", "f(30_001)", "1 / 0"])
    (printed,) = await outputs_of(SANDBOX, "print(input()[::-1])", ["你好"])

    assert [value.said for value in values[:2]] == ["'xx'", "<object object>"]
    assert values[2].said != values[3].said
    assert values[4].outcome == "error"
    assert printed.said == "好你\n"


async def test_steps_tell_what_each_line_did() -> None:
    """Arguments, changes, what is raised or returned; an endless loop is cut."""
    test = UnitTest("assert mean([2, 4]) == 3")
    program = "def mean(xs):\n    total = 0\n    for x in xs:\n        total += x\n    return total / 0\n"

    steps = await steps_of(SANDBOX, program, test)
    endless = await steps_of(SANDBOX, "def mean(xs):\n    while True:\n        xs = xs[:]", test)

    assert steps is not None
    assert steps[:4] == [(1, "xs=[2, 4]"), (2, "total=0"), (3, "x=2"), (4, "total=2")]
    assert steps[-1] == (5, "raises ZeroDivisionError: division by zero")
    assert endless is not None
    assert len(endless) == 1000


async def test_a_whole_program_is_traced_outside_of_functions_too() -> None:
    """With its input; what is no variable is left out."""
    steps = await steps_of(SANDBOX, "import math\nn = int(input())\nprint(math.isqrt(n))", UnitTest(stdin="16", expected="4"))

    assert steps is not None
    assert steps[1:] == [(2, "n=16"), (3, "return None")]


@pytest.mark.parametrize(("printed", "expected", "same"), [("1 \n2\n\n", "1\n2", True), ("1 2", "1  2", False), ("", "", True)])
def test_outputs_are_compared_by_lines(printed: str, expected: str, same: bool) -> None:  # noqa: FBT001
    """Only space at ends is free."""
    assert same_output(printed, expected) == same
