"""Thinking made readable and put into the question's language, and the answer written from it: DeepSeek-R1's cold start."""

from __future__ import annotations

from stream_synth.protocols import Ask
from stream_synth.recipes.shared.asking import Asking
from stream_synth.recipes.shared.eliminations import is_invalid
from stream_synth.recipes.shared.prompts import load
from stream_synth.recipes.shared.saying import replied, said
from stream_synth.values import Rejected, Sample, changed

REFINED_PARAGRAPH_CHARS = 1200  # about 200 words: what a refined paragraph never needs; R1 gives no number


async def refined(sample: Sample, asked: str, asking: Asking, ask: Ask) -> Sample | Rejected:
    """The row with refined thinking and the answer that follows from it; nobody has checked that answer yet.

    `asked` is the question as the teacher is to see it. Rejected at `refine` (also `no_thinking`, `invalid`) and `summarise`.
    """
    number = int(sample.slot.rpartition("/")[2])
    if not sample.reasoning:
        return Rejected(sample, "refine", "no_thinking")
    prompt = load("reasoning", "refine", sample.lang).fill(question=sample.prompt, thinking=sample.reasoning)
    reply = await said(ask, "refine", asking.request(prompt), sample, number)
    if isinstance(reply, Rejected):
        return reply
    if is_invalid(reply.text):
        return Rejected(reply.paid, "refine", "invalid")
    draft = changed(reply.paid, messages=sample.messages[:-1], meta={**reply.paid.meta, "refined": True, "verified": "none"})
    prompt = load("reasoning", "summarise", sample.lang).fill(question=asked, thinking=reply.text)
    row = await replied(ask, "summarise", asking.request(prompt), draft, number)
    return row if isinstance(row, Rejected) else changed(row, reasoning=reply.text)
