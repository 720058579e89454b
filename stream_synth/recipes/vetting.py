"""Which model-written tests can be trusted: those that right programs pass and some wrong one fails (DeepSeek-R1's two phases)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from stream_synth.recipes.shared.tested_task import TestedTask
from stream_synth.verify.programs import Result, mutants


@dataclass(frozen=True, slots=True)
class Trial:
    """What one program did: a result for each test, and one for each generated input."""

    code: str
    tests: Sequence[Result]
    values: Sequence[Result]

    def behaviour(self, kept: Sequence[int]) -> tuple[str, ...]:
        """Equal for two programs that cannot be told apart by these tests and the inputs."""
        return (*(self.tests[number].outcome for number in kept), *(one.said if one.passed else one.outcome for one in self.values))


def clusters(trials: Mapping[str, Trial], kept: Sequence[int]) -> list[list[str]]:
    """Those that behave the same; the largest cluster first, as AlphaCode submits them, and the earliest among equals."""
    found: dict[tuple[str, ...], list[str]] = {}
    for name, trial in trials.items():
        found.setdefault(trial.behaviour(kept), []).append(name)
    return sorted(found.values(), key=len, reverse=True)


async def vetted(
    task: TestedTask, trials: Mapping[str, Trial], runs: Callable[[str], Awaitable[Sequence[Result]]]
) -> tuple[list[int], dict[str, Any]]:
    """The numbers of the tests that stay, and what is to be said of them; `runs(program)` runs all tests.

    Right are the seed's solutions, or else one program of the largest cluster of at least two: independent errors rarely agree.
    Wrong are the seed's wrong programs, one of each other cluster, and the right one with small errors put in. Without a right
    program no test stays.
    """
    groups = clusters(trials, range(len(task.tests)))
    largest = next((group for group in groups if len(group) > 1 and any(one.passed for one in trials[group[0]].tests)), [])
    right = task.right or tuple(trials[name].code for name in largest[:1])
    said = {"tests_by": "model", "vetted_by": "solution" if task.right else "agreement" if largest else "nothing"}
    if not right:
        return [], said
    passed = [await runs(program) for program in right]
    sound = [number for number in range(len(task.tests)) if all(results[number].passed for results in passed)]
    others = [] if task.right else [trials[group[0]].code for group in groups if group is not largest]
    wrong = [*task.wrong, *others, *mutants(right[0])]
    caught = [await runs(program) for program in wrong]
    # A wrong program that crashes is no credit to a test: nearly any test would have caught it.
    kept = [number for number in sound if any(results[number].outcome == "failed" for results in caught)]
    return kept, {**said, "tests_dropped": {"wrong": len(task.tests) - len(sound), "weak": len(sound) - len(kept)}}
