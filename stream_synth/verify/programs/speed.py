"""Which of two programs is faster on the same tests."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from stream_synth.verify.programs.running import UnitTest, race
from stream_synth.verify.sandbox import Sandbox

MOST_TEST_S = 6.0  # of one test in one race, both programs and all rounds


async def speeds(sandbox: Sandbox, programs: tuple[str, str], tests: Sequence[UnitTest], *, rounds: int = 3) -> tuple[float, float]:
    """Seconds that each program takes for all tests: the medians of `rounds` races in the sandbox. Infinite where one fails.

    By the clock, so no function of the programs alone.
    """
    races = [await race(sandbox, programs, tests, check_s=MOST_TEST_S) for _ in range(rounds)]
    return median(first for first, _ in races), median(second for _, second in races)
