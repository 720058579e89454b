"""Several answers rated by a judge side by side, the order turned each time, so that no place in the list is favoured."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

from stream_synth.errors import ChatError
from stream_synth.protocols import Ask
from stream_synth.recipes.shared.blocks import together
from stream_synth.recipes.shared.prompts import load
from stream_synth.recipes.shared.replies import noted, unanswered
from stream_synth.recipes.shared.verdicts import billed, consulted, opinion_of, read_scores
from stream_synth.values import Completion, Rejected, Sample

LOW, HIGH = 1, 10


async def rated_together(draft: Sample, answers: Sequence[str], judgements: int, ask: Ask) -> Sample | Rejected:
    """The draft with the answers' mean ratings in `ratings`. All judgements count: a missing one would favour some places.

    Rejected at step `judge`: `unreadable_scores`, `call_failed`.
    """
    count = len(answers)
    orders = [[(turn + place) % count for place in range(count)] for turn in range(judgements)]
    prompts = [_prompt(draft, [answers[one] for one in order]) for order in orders]
    outcomes = await together([consulted(ask, "judge", prompt, turn) for turn, prompt in enumerate(prompts)])
    replies = [outcome for outcome in outcomes if isinstance(outcome, Completion)]
    paid = billed(draft, *replies)
    for outcome in outcomes:
        if isinstance(outcome, ChatError):
            return unanswered(paid, "judge", outcome)
    ratings: list[list[float]] = [[] for _ in answers]
    for order, reply in zip(orders, replies, strict=True):
        scores = read_scores(reply, count, LOW, HIGH)
        if scores is None:
            return Rejected(paid, "judge", "unreadable_scores", evidence=opinion_of(reply))
        for one, score in zip(order, scores, strict=True):
            ratings[one].append(score)
    return noted(paid, **opinion_of(replies[0]), ratings=[round(fmean(one), 3) for one in ratings])


def _prompt(draft: Sample, answers: Sequence[str]) -> str:
    listed = "\n\n".join(f"[{place}]\n{answer}" for place, answer in enumerate(answers, 1))
    return load("preference", "rate", draft.lang).fill(question=draft.prompt, answers=listed)
