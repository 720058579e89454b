"""A model as judge of one solution: analysis first, then correct or incorrect; an unreadable verdict is its own reason."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from stream_synth.errors import ChatError
from stream_synth.protocols import Ask
from stream_synth.recipes.shared.prompts import Template, load
from stream_synth.recipes.shared.replies import charged, noted, unusable
from stream_synth.recipes.shared.saying import prompted
from stream_synth.values import Completion, Rejected, Request, Sample
from stream_synth.verify import json_in, split_thinking

MAX_JUDGE_TOKENS = 2048  # an analysis of a few hundred words and two keys, with room for a judge that thinks
MAX_KEPT_CHARS = 2000  # of an analysis, in meta and evidence
_CORRECTNESS = re.compile(r'"correctness"\s*:\s*"\s*(correct|incorrect)\s*"', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a judge said."""

    correct: bool
    analysis: str


def judge_template(lang: str, *, with_reference: bool) -> Template:
    """The judge's prompt."""
    return load("reasoning", "judge" if with_reference else "judge_alone", lang)


async def judged(sample: Sample, question: str, reference: str, ask: Ask) -> Sample | Rejected:
    """The sample when role `judge` finds it correct. Rejected at step `judge`: `judged_wrong`, `unreadable_verdict`, `call_failed`.

    The judge's tokens and cost are charged to the sample; model and finish reason stay the teacher's.
    """
    template = judge_template(sample.lang, with_reference=bool(reference))
    prompt = template.fill(question=question, reference=reference, answer=sample.response)
    request = Request(prompted(prompt), params={"temperature": 0.0, "max_tokens": MAX_JUDGE_TOKENS})
    try:
        reply = await ask("judge", request, sample=int(sample.slot.rpartition("/")[2]), role="judge")
    except ChatError as error:
        return Rejected(sample, "judge", "call_failed", evidence={"kind": error.kind, "problem": str(error)})
    paid = replace(charged(sample, reply), model=sample.model, finish_reason=sample.finish_reason)
    opinion = read_opinion(reply)
    if opinion is None:
        return Rejected(paid, "judge", "unreadable_verdict", evidence={"reply": reply.text[:MAX_KEPT_CHARS], "judge": reply.model})
    said = {"judge": reply.model, "analysis": opinion.analysis[:MAX_KEPT_CHARS]}
    if not opinion.correct:
        return Rejected(paid, "judge", "judged_wrong", score=0.0, evidence={**said, "expected": reference})
    return noted(paid, verified="judge", **said)


def read_opinion(reply: Completion) -> Opinion | None:
    """The verdict in a reply, or None: not whole, no JSON, both verdicts, or another word than the two asked for."""
    if unusable(reply):
        return None
    text = split_thinking(reply.text, reply.reasoning).answer
    verdicts = {found.lower() for found in _CORRECTNESS.findall(text)}
    if len(verdicts) != 1:
        return None
    return Opinion(verdicts == {"correct"}, _analysis(text))


def _analysis(text: str) -> str:
    """The `analysis` of the JSON object, for reading; the verdict does not depend on it."""
    parsed = json_in(text)
    return str(parsed.get("analysis", "")) if isinstance(parsed, dict) else text
