"""An answer on its way through criticism and revision, one principle after the other."""

from __future__ import annotations

import re
from collections.abc import Sequence

from stream_synth.protocols import Ask
from stream_synth.recipes.shared.asking import Asking
from stream_synth.recipes.shared.prompts import load
from stream_synth.recipes.shared.saying import said
from stream_synth.recipes.shared.verdicts import verdict_in
from stream_synth.values import Rejected, Sample, changed

_FINDINGS = {"issue": "issue", "none": "none", "有问题": "issue", "没有问题": "none", "没问题": "none", "无问题": "none"}
_LABEL = re.compile(
    r"^[\s*#]*(?:criticism|rewritten answer|批评|改写后的回答)[\s*]*[:：][\s*]*", re.IGNORECASE
)  # the prompts' own, said again
_VERDICT_LINE = re.compile(r"^[\s*#]*(?:verdict|结论)[\s*]*[:：].*$", re.IGNORECASE | re.MULTILINE)


async def revised(answer: Sample, principles: Sequence[str], asking: Asking, ask: Ask, number: int) -> Sample | Rejected:
    """The answer with the last revision as response; meta gains `principle` and `critique`, those by which something was found.

    Rejected at step `critique` when nothing was found at all: a revision of a faultless answer teaches nothing.
    """
    found: list[tuple[str, str]] = []
    current = answer
    for turn, principle in enumerate(principles, 1):
        prompt = _prompt("critique", current, principle=principle)
        critique = await said(ask, f"round{turn}/critique", asking.request(prompt), current, number)
        if isinstance(critique, Rejected):
            return critique
        current, finding = critique.paid, verdict_in(critique.text, _FINDINGS)
        if finding is None:
            return Rejected(current, "critique", "unreadable_verdict", evidence={"reply": critique.text})
        if finding == "none":
            continue
        criticism = _VERDICT_LINE.sub("", _LABEL.sub("", critique.text)).strip()
        prompt = _prompt("revise", current, critique=criticism)
        revision = await said(ask, f"round{turn}/revise", asking.request(prompt), current, number)
        if isinstance(revision, Rejected):
            return revision
        found.append((principle, criticism))
        meta = {**answer.meta, "principle": [one for one, _ in found], "critique": [one for _, one in found]}
        current = changed(revision.paid, response=_LABEL.sub("", revision.text).strip(), meta=meta)
    return current if found else Rejected(current, "critique", "no_issue", evidence={"principles": list(principles)})


def _prompt(step: str, current: Sample, **values: str) -> str:
    return load("constitutional", step, current.lang).fill(question=current.prompt, answer=current.response, **values)
