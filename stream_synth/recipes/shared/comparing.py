"""Pairs of answers: which is better, asked in both orders, and whether their lengths can be compared."""

from __future__ import annotations

from dataclasses import dataclass

from stream_synth.protocols import Ask
from stream_synth.recipes.shared.prompts import load
from stream_synth.recipes.shared.verdicts import ruling
from stream_synth.values import Rejected, Sample

_PLACES = {"a": "first", "b": "second"}


@dataclass(frozen=True, slots=True)
class Choice:
    """Which of two answers the judge prefers whatever the order. `paid` is the draft charged with both calls."""

    paid: Sample
    first: bool
    analysis: str
    judge: str


async def in_both_orders(draft: Sample, answers: tuple[str, str], principle: str, ask: Ask, number: int) -> Choice | Rejected:
    """The judge's choice under a principle. Rejected at step `compare`: `order_dependent`, `unreadable_verdict`, `call_failed`."""
    votes, paid = [], draft
    analysis, judge = "", ""
    for order in (0, 1):
        first, second = answers if order == 0 else answers[::-1]
        template = load("constitutional", "compare", draft.lang)
        prompt = template.fill(principle=principle, question=draft.prompt, first=first, second=second)
        ruled = await ruling(ask, "compare", prompt, paid, _PLACES, 2 * number + order)
        if isinstance(ruled, Rejected):
            return ruled
        paid = ruled.paid
        votes.append((ruled.word == "first") == (order == 0))
        analysis, judge = analysis or ruled.said["analysis"], ruled.said["judge"]
    if votes[0] != votes[1]:
        return Rejected(paid, "compare", "order_dependent", evidence={"judge": judge, "analysis": analysis})
    return Choice(paid, votes[0], analysis, judge)


def length_ratio(one: str, other: str) -> float:
    """The longer by the shorter, in characters."""
    shorter, longer = sorted((len(one), len(other)))
    return longer / max(shorter, 1)
