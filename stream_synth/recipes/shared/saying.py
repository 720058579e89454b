"""One step of a longer method: a prompt asked, its whole reply read, the candidate charged for it; or the reason why not."""

from __future__ import annotations

from dataclasses import dataclass

from stream_synth.protocols import Ask
from stream_synth.recipes.shared.replies import answered, charged
from stream_synth.recipes.shared.verdicts import or_rejected, spoken
from stream_synth.values import Completion, Message, Rejected, Request, Sample


@dataclass(frozen=True, slots=True)
class Said:
    """What was said, and the draft charged with it."""

    text: str  # without any thinking
    paid: Sample


async def said(ask: Ask, step: str, request: Request, draft: Sample, number: int = 0) -> Said | Rejected:
    """What the teacher says at this step. A failed call is rejected too (`call_failed`): what was paid before it stays on record.

    Reasons stand under the last part of the path, `edit` of `round2/edit`.
    """
    named = step.rpartition("/")[2]
    reply = await or_rejected(ask(step, request, sample=number), draft, named)
    return reply if isinstance(reply, Rejected) else heard(reply, draft, named)


async def replied(ask: Ask, step: str, request: Request, draft: Sample, number: int = 0, *, role: str = "teacher") -> Sample | Rejected:
    """The draft with the reply in it, as `answered` does, or rejected as `call_failed`. Reasons stand under the last part of the path."""
    named = step.rpartition("/")[2]
    reply = await or_rejected(ask(step, request, sample=number, role=role), draft, named)
    return reply if isinstance(reply, Rejected) else answered(draft, reply, named)


def heard(reply: Completion, draft: Sample, step: str) -> Said | Rejected:
    """What a reply says. Rejected at `step` when it is no whole one: `truncated`, `refused`, `empty`, `tag_damage`."""
    whole = answered(draft, reply, step)
    return whole if isinstance(whole, Rejected) else Said(spoken(reply), charged(draft, reply))


def prompted(prompt: str) -> tuple[Message, ...]:
    """A conversation that consists of one prompt."""
    return ({"role": "user", "content": prompt},)
