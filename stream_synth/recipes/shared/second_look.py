"""A wrong answer looked at again by computer algebra, where it may be right in another form."""

from __future__ import annotations

import asyncio

from stream_synth.protocols import Tools
from stream_synth.recipes.shared.replies import noted
from stream_synth.values import Rejected, Sample, changed
from stream_synth.verify.algebra import may_be_algebra, shared_algebra


async def second_look(candidate: Sample | Rejected, tools: Tools, step: str = "algebra") -> Sample | Rejected:
    """The row after all, `equal_by` in its meta, when its answer equals the gold one; else the rejection with what algebra said.

    Only formulas are looked at: `same_answer` has the last word on numbers and words. The finding is journalled, because it
    depends on the machine (time, and whether the extra `maths` is installed); a slot that is looked at twice needs another `step`.
    """
    if isinstance(candidate, Sample) or (candidate.step, candidate.reason) != ("answer", "wrong_answer"):
        return candidate
    expected, got = candidate.evidence["expected"], candidate.evidence["got"]
    formulas = [one for one in ([expected] if isinstance(expected, str) else expected) if may_be_algebra(got, one)]
    if not formulas:
        return candidate

    async def compared() -> list[str]:
        return [await asyncio.to_thread(shared_algebra().compare, got, one) for one in formulas]

    findings = await tools.journalled(f"{step}/{candidate.sample.slot}", compared)
    if "equal" in findings:
        return noted(candidate.sample, equal_by="algebra")
    return changed(candidate, evidence={**candidate.evidence, "algebra": findings})
