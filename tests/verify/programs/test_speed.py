from __future__ import annotations

from math import isinf

from stream_synth.verify.programs import UnitTest, speeds
from stream_synth.verify.sandbox import Limits, Sandbox, protections

SANDBOX = Sandbox(Limits(output_kb=4096), allow_unprotected=not protections().isolated)
SIZED = "import functools\n@functools.cache\ndef f():\n    return len([x for x in range({})])"
TESTS = [UnitTest("assert f() >= 3000")]


async def test_the_faster_program_takes_less_time() -> None:
    """Whatever it remembers: each round starts anew."""
    slow, fast = await speeds(SANDBOX, (SIZED.format(30_000), SIZED.format(3_000)), TESTS)

    assert fast < slow / 3


async def test_a_program_is_as_fast_as_itself() -> None:
    """Within a tenth, also on a busy machine: the two take turns."""
    one, other = await speeds(SANDBOX, (SIZED.format(9_000), SIZED.format(9_000)), TESTS)

    assert 0.9 < one / other < 1.1


async def test_whole_programs_are_compared_too() -> None:
    """With their input in each round, also when they end themselves."""
    programs = "import sys\nprint(sum(range({} * int(input()))))\nsys.exit()"

    slow, fast = await speeds(SANDBOX, (programs.format(9_000), programs.format(900)), [UnitTest(stdin="5", expected="0")])

    assert fast < slow / 3


async def test_a_program_that_fails_has_no_time() -> None:
    """Nor has its rival."""
    assert all(map(isinf, await speeds(SANDBOX, ("def f():\n    return 0", SIZED.format(3_000)), TESTS, rounds=1)))
