"""A given program made right, or faster: one reply each, judged by the tests."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import isfinite

from stream_synth.protocols import Tools
from stream_synth.recipes.shared.programs import Programming, failures, passing, programmed
from stream_synth.recipes.shared.prompts import digest_of, load
from stream_synth.recipes.shared.replies import noted
from stream_synth.recipes.shared.tested_task import TestedTask
from stream_synth.values import Completion, Rejected, Sample
from stream_synth.verify.programs import Result, annotated, speeds, steps_of

LEAST_RATIONALE = {"zh": 10, "en": 30}  # characters beside the code: a short sentence
_BLOCK = re.compile(r"```.*?(?:```|\Z)", re.DOTALL)


async def traced_prompt(task: TestedTask, code: str, results: Sequence[Result], asking: Programming, tools: Tools) -> str:
    """NExT's prompt: the program with the trace of the first test that it fails; empty when it leaves no trace."""
    number = next(place for place, result in enumerate(results) if not result.passed)
    sandbox, test = asking.sandbox(), task.tests[number]

    async def steps() -> list[list[int | str]]:
        return [list(step) for step in await steps_of(sandbox, code, test, check_s=asking.test_s) or ()]

    found = [(int(line), str(change)) for line, change in await tools.journalled("trace", steps)]
    if not found:
        return ""
    told = {"traced": annotated(code, found), "failure": failures([test], [results[number]])}
    return load("code_repair", "trace", task.draft.lang).fill(task=str(task.draft.messages[-1]["content"]), **told)


async def mended(task: TestedTask, draft: Sample, reply: Completion, asking: Programming, tools: Tools) -> Sample | Rejected:
    """The reply's program when it passes every test."""
    candidate = programmed(draft, reply, "solve", task.function)
    if isinstance(candidate, Rejected):
        return candidate
    return passing(candidate, task.tests, await asking.tested(tools, str(candidate.meta["code"]), task.tests))


def with_rationale(candidate: Sample) -> Sample | Rejected:
    """The candidate, unless it says nothing beside its code."""
    said = _BLOCK.sub("", candidate.response).strip()
    return candidate if len(said) >= LEAST_RATIONALE.get(candidate.lang, 30) else Rejected(candidate, "solve", "no_rationale")


async def timed(task: TestedTask, code: str, candidate: Sample, asking: Programming, measuring: tuple[Tools, int]) -> Sample:
    """The candidate with the seconds that the given program and its own take; None for one that fails when it is run again and again."""
    sandbox, better = asking.sandbox(), str(candidate.meta["code"])
    tools, rounds = measuring

    async def measured() -> list[float | None]:
        taken = await speeds(sandbox, (code, better), task.tests, rounds=rounds)
        return [one if isfinite(one) else None for one in taken]

    before, after = await tools.journalled(f"speed/{digest_of(better)}", measured)
    return noted(candidate, seconds_before=before, seconds_after=after)


def if_faster(row: Sample, least: float) -> Sample | Rejected:
    """The row when its program takes at most 1 - `least` of the given one's time."""
    before, after = row.meta["seconds_before"], row.meta["seconds_after"]
    if before is not None and after is not None and after <= (1 - least) * before:
        return row
    return Rejected(row, "speed", "not_faster", evidence={"seconds_before": before, "seconds_after": after, "least": least})
