"""Methods whose replies are programs: how the replies are read, how the programs are run, what a failed test says."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from stream_synth.protocols import Tools
from stream_synth.recipes.shared.asking import Asking
from stream_synth.recipes.shared.prompts import digest_of, load
from stream_synth.recipes.shared.replies import answered, noted
from stream_synth.values import Completion, Rejected, Sample
from stream_synth.verify.programs import CHECK_S, Result, UnitTest, parsed, program_in, run_tests
from stream_synth.verify.sandbox import Limits, Sandbox

ALL_TESTS = 15  # times the limit of one test: of a long list of tests few are slow


@dataclass(frozen=True, kw_only=True)
class Programming(Asking):
    """Options of methods that run what a model wrote."""

    test_s: float = field(default=CHECK_S, metadata={"help": "CPU seconds of each test; four times that by the clock"})
    memory_mb: int = field(default=512, metadata={"help": "memory of a program"})
    allow_unprotected: bool = field(default=False, metadata={"help": "run programs also where the machine gives no namespaces"})

    def sandbox(self) -> Sandbox:
        """One for all seeds. `ConfigError` where it cannot stand: ask for it before the first call is paid."""
        return _sandbox(self.test_s, self.memory_mb, self.allow_unprotected)

    async def tested(self, tools: Tools, code: str, tests: Sequence[UnitTest]) -> list[Result]:
        """The program's results. One that comes again in a seed, with the same tests, is not run again."""
        sandbox, step = self.sandbox(), f"tests/{digest_of(code, *(test.as_text() for test in tests))}"
        return await self.ran(tools, step, lambda: run_tests(sandbox, code, tests, check_s=self.test_s))

    async def ran(self, tools: Tools, step: str, made: Callable[[], Awaitable[Sequence[Result]]]) -> list[Result]:
        """The results, journalled: whether a program ends in time is no function of the seed."""

        async def results() -> list[dict[str, Any]]:
            return [result.as_json() for result in await made()]

        return [Result(**result) for result in await tools.journalled(step, results)]


@lru_cache(maxsize=16)  # one for each set of limits: its bound on programs at a time holds over all seeds
def _sandbox(test_s: float, memory_mb: int, allow_unprotected: bool) -> Sandbox:  # noqa: FBT001
    limits = Limits(wall_s=ALL_TESTS * test_s + 2, cpu_s=int(test_s) + 2, memory_mb=memory_mb, output_kb=4096)
    return Sandbox(limits, allow_unprotected=allow_unprotected)


def programmed(draft: Sample, reply: Completion, step: str, function: str = "") -> Sample | Rejected:
    """The draft with the reply in it, and its program in `meta.code`. Rejected at `step` also with `no_code` and `bad_syntax`."""
    candidate = answered(draft, reply, step)
    if isinstance(candidate, Rejected):
        return candidate
    code = program_in(candidate.response, function)
    if not code:
        return Rejected(candidate, step, "no_code")
    candidate = noted(candidate, code=code)
    return candidate if parsed(code) else Rejected(candidate, step, "bad_syntax", evidence={"code": code})


def failures(tests: Sequence[UnitTest], results: Sequence[Result], most: int = 3) -> str:
    """The first failed tests and what they said, as a programmer reads it."""
    failed = [(test, result) for test, result in zip(tests, results, strict=True) if not result.passed]
    return "\n\n".join(f"{test.as_text()}\n# {result.outcome}: {result.said}" for test, result in failed[:most])


def passing(sample: Sample, tests: Sequence[UnitTest], results: Sequence[Result]) -> Sample | Rejected:
    """The sample when every test passed, else rejected with `tests/failed`; the score is the share that passed."""
    share = sum(result.passed for result in results) / len(results)
    if share == 1:
        return sample
    return Rejected(sample, "tests", "failed", share, {"passed": share, "failures": failures(tests, results)})


def task_of(question: str, tests: Sequence[UnitTest], lang: str) -> str:
    """The question with its first test, which says how the program is called."""
    return load("programs", "task", lang).fill(question=question, test=tests[0].as_text()) if tests else question
