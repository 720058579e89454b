"""Tags of an instruction by a judge: how good, how hard, of which kind."""

from __future__ import annotations

from typing import Any

from stream_synth.protocols import Ask
from stream_synth.recipes.shared.prompts import load
from stream_synth.recipes.shared.replies import noted
from stream_synth.recipes.shared.verdicts import MAX_KEPT_CHARS, billed, consulted, or_rejected, spoken
from stream_synth.values import Rejected, Sample
from stream_synth.verify.json_reply import json_in

QUALITIES = ("very poor", "poor", "average", "good", "excellent")
DIFFICULTIES = ("very easy", "easy", "medium", "hard", "very hard")
CATEGORIES = (
    *("information seeking", "reasoning", "planning", "editing", "coding", "math", "role playing", "data analysis"),
    *("creative writing", "advice seeking", "brainstorming", "other"),
)
TAGS = {"quality": QUALITIES, "difficulty": DIFFICULTIES, "category": CATEGORIES}


async def tagged(draft: Sample, instruction: str, ask: Ask) -> Sample | Rejected:
    """The draft with `quality`, `difficulty` and `category` in meta. Rejected at step `tags`: `unreadable_tags`, `call_failed`."""
    prompt = load("magpie", "tags", draft.lang).fill(instruction=instruction)
    reply = await or_rejected(consulted(ask, "tags", prompt), draft, "tags")
    if isinstance(reply, Rejected):
        return reply
    paid, read = billed(draft, reply), read_tags(json_in(spoken(reply)))
    if read is None:
        return Rejected(paid, "tags", "unreadable_tags", evidence={"reply": reply.text[:MAX_KEPT_CHARS], "judge": reply.model})
    return noted(paid, **read, judge=reply.model)


def read_tags(said: Any) -> dict[str, str] | None:  # noqa: ANN401  # whatever the judge wrote
    """The three tags, each one of those it may be; None otherwise."""
    if not isinstance(said, dict):
        return None
    read = {name: str(said.get(name, "")).strip().lower().replace("_", " ") for name in TAGS}
    return read if all(read[name] in allowed for name, allowed in TAGS.items()) else None
