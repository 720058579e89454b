"""An answer on its way through criticism and revision, one principle after the other."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Sequence

from stream_synth.protocols import Ask
from stream_synth.recipes.shared.asking import Asking
from stream_synth.recipes.shared.prompts import load
from stream_synth.recipes.shared.replies import answered, charged
from stream_synth.recipes.shared.saying import prompted
from stream_synth.recipes.shared.verdicts import or_rejected, read_verdict, spoken
from stream_synth.values import Completion, Rejected, Request, Sample, changed

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
        critique = await _whole(
            ask(f"round{turn}/critique", _request("critique", current, asking, principle=principle), sample=number), current, "critique"
        )
        if isinstance(critique, Rejected):
            return critique
        current, said = charged(current, critique), spoken(critique)
        finding = read_verdict(critique, _FINDINGS)
        if finding is None:
            return Rejected(current, "critique", "unreadable_verdict", evidence={"reply": said})
        if finding == "none":
            continue
        criticism = _VERDICT_LINE.sub("", _LABEL.sub("", said)).strip()
        revision = await _whole(
            ask(f"round{turn}/revise", _request("revise", current, asking, critique=criticism), sample=number), current, "revise"
        )
        if isinstance(revision, Rejected):
            return revision
        found.append((principle, criticism))
        meta = {**answer.meta, "principle": [one for one, _ in found], "critique": [one for _, one in found]}
        current = changed(charged(current, revision), response=_LABEL.sub("", spoken(revision)).strip(), meta=meta)
    return current if found else Rejected(current, "critique", "no_issue", evidence={"principles": list(principles)})


def _request(step: str, current: Sample, asking: Asking, **values: str) -> Request:
    prompt = load("constitutional", step, current.lang).fill(question=current.prompt, answer=current.response, **values)
    return asking.request(prompted(prompt))


async def _whole(asked: Awaitable[Completion], current: Sample, step: str) -> Completion | Rejected:
    """A whole reply, or the reason why it is none."""
    reply = await or_rejected(asked, current, step)
    checked = reply if isinstance(reply, Rejected) else answered(current, reply, step)
    return checked if isinstance(checked, Rejected) else reply
