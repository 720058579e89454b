"""What a judge's reply says: a word out of several, or a number. Reasons come first; what cannot be read is no verdict."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, replace

from stream_synth.errors import ChatError
from stream_synth.protocols import Ask
from stream_synth.recipes.shared.replies import charged, noted, unanswered, unusable
from stream_synth.values import Completion, Rejected, Request, Sample
from stream_synth.verify import split_thinking

MAX_JUDGE_TOKENS = 2048  # reasons of a few hundred words and one line, with room for a judge that thinks
MAX_KEPT_CHARS = 2000  # of a judge's reasons, in meta and evidence
_BOLD = r"[\s*_#\"“'‘【\[<]*"  # Markdown, quotes and brackets around the label or what follows it
_VERDICT = re.compile(rf"(?:verdict|结论){_BOLD}[:：]{_BOLD}([A-Za-z]+|[\u4e00-\u9fff]+)", re.IGNORECASE)
# Atomic groups: of "4-5" and "4.5-5", which are no single score, nothing is read.
SCORE_LINE = re.compile(rf"(?:score|分数|评分|得分){_BOLD}[:：]{_BOLD}((?>\d+(?:\.\d+)?))(?!\s*(?:[-–~～到至]|or|或)\s*\d)", re.IGNORECASE)

_SCORES = re.compile(
    rf"(?:score|分数|评分|得分){_BOLD}(\d+)[\s*_#\]】>]*[:：]{_BOLD}((?>\d+(?:\.\d+)?))(?!\s*(?:[-–~～到至]|or|或)\s*\d)", re.IGNORECASE
)


def spoken(reply: Completion) -> str:
    """The visible text of a whole reply, thinking taken out; empty when it is truncated, refused or damaged."""
    if unusable(reply):
        return ""
    split = split_thinking(reply.text, reply.reasoning)
    return "" if split.damaged else split.answer


def verdict_in(text: str, meanings: Mapping[str, str]) -> str | None:
    """What the line `Verdict: word` (`结论：词`) means by the table; None without such a line, or when two of them disagree."""
    words = {meanings[found.lower()] for found in _VERDICT.findall(text) if found.lower() in meanings}
    return words.pop() if len(words) == 1 else None


def read_verdict(reply: Completion, meanings: Mapping[str, str]) -> str | None:
    """The same of a reply; None also when it is no whole one."""
    return verdict_in(spoken(reply), meanings)


def read_choice(reply: Completion, meanings: Mapping[str, str]) -> str | None:
    """The same for a reply that may also be the word alone."""
    return meanings.get(spoken(reply).strip(" \n*.。\"“”'").lower()) or read_verdict(reply, meanings)


def read_score(reply: Completion, low: float, high: float) -> float | None:
    """The number in the line `Score: n` (`分数：n`); None without one, outside the range, or when two of them disagree."""
    scores = {float(found) for found in SCORE_LINE.findall(spoken(reply))}
    score = scores.pop() if len(scores) == 1 else None
    return score if score is not None and low <= score <= high else None


def read_scores(reply: Completion, count: int, low: float, high: float) -> list[float] | None:
    """The numbers in the lines `Score [i]: n`, i from 1 to `count`; None unless each of them has exactly one, within the range."""
    found: dict[int, set[float]] = {}
    for place, score in _SCORES.findall(spoken(reply)):
        found.setdefault(int(place), set()).add(float(score))
    if set(found) != set(range(1, count + 1)) or any(len(scores) != 1 for scores in found.values()):
        return None
    scores = [found[place].pop() for place in range(1, count + 1)]
    return scores if low <= min(scores) and max(scores) <= high else None


def opinion_of(reply: Completion) -> dict[str, str]:
    """The judge's model and reasons, for meta and evidence."""
    return {"judge": reply.model, "analysis": (spoken(reply) or reply.text)[:MAX_KEPT_CHARS]}


async def consulted(ask: Ask, step: str, prompt: str, sample: int = 0) -> Completion:
    """Role `judge` at temperature 0: its verdict should not depend on chance."""
    request = Request(({"role": "user", "content": prompt},), params={"temperature": 0.0, "max_tokens": MAX_JUDGE_TOKENS})
    return await ask(step, request, sample=sample, role="judge")


def billed(sample: Sample, *replies: Completion) -> Sample:
    """The sample charged with replies that are no part of it; model and finish reason stay those of its answer."""
    paid = sample
    for reply in replies:
        paid = charged(paid, reply)
    return replace(paid, model=sample.model, finish_reason=sample.finish_reason)


async def or_rejected(asked: Awaitable[Completion], draft: Sample, step: str) -> Completion | Rejected:
    """The reply, or the draft rejected because the call failed for good."""
    try:
        return await asked
    except ChatError as error:
        return unanswered(draft, step, error)


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a judge decided. `paid` is the draft charged for it, `said` the judge's model and reasons."""

    word: str
    paid: Sample
    said: dict[str, str]


async def ruling(ask: Ask, step: str, prompt: str, draft: Sample, meanings: Mapping[str, str], number: int = 0) -> Ruling | Rejected:
    """The verdict of role `judge` by the table. Rejected under the last part of the path: `unreadable_verdict`, `call_failed`."""
    named = step.rpartition("/")[2]
    reply = await or_rejected(consulted(ask, step, prompt, number), draft, named)
    if isinstance(reply, Rejected):
        return reply
    paid, said, word = billed(draft, reply), opinion_of(reply), read_verdict(reply, meanings)
    return Rejected(paid, named, "unreadable_verdict", evidence=said) if word is None else Ruling(word, paid, said)


async def approved(candidate: Sample, step: str, prompt: str, meanings: Mapping[str, str], ask: Ask) -> Sample | Rejected:
    """The candidate when role `judge` has nothing against it: `meanings` gives each word of the verdict its reason, none if it is fine.

    Meta gains `judge` and `analysis`. Rejected at `step` with that reason, or as `ruling` does.
    """
    ruled = await ruling(ask, step, prompt, candidate, meanings, int(candidate.slot.rpartition("/")[2]))
    if isinstance(ruled, Rejected):
        return ruled
    return Rejected(ruled.paid, step, ruled.word, evidence=ruled.said) if ruled.word else noted(ruled.paid, **ruled.said)
