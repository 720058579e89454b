"""Answers that no rule can compare, by agreement in meaning: a judge says once, of all of them, which say the same."""

from __future__ import annotations

import re
from collections.abc import Sequence

from stream_synth.protocols import Ask
from stream_synth.recipes.shared.prompts import load
from stream_synth.recipes.shared.question import Question
from stream_synth.recipes.shared.replies import noted
from stream_synth.recipes.shared.verdicts import billed, consulted, opinion_of, or_rejected, spoken
from stream_synth.values import Completion, Rejected, Sample
from stream_synth.verify import Vote

_NUMBER = r"(?:\d{1,3}|[一二三四五六七八九十]{1,3}|[a-z])?"  # of a group: judges number them, whatever they are asked for
_MARKS = r"[ \t*_#-]{0,9}"  # Markdown and blanks; counted, since a judge may end in a page of them
_GROUP = re.compile(
    rf"^{_MARKS}(?:group|第?{_MARKS}{_NUMBER}{_MARKS}组){_MARKS}{_NUMBER}{_MARKS}[:：]([^\n]*)$",
    re.IGNORECASE | re.MULTILINE,
)


async def agreed(solved: Sequence[Sample | Rejected], question: Question, ask: Ask) -> tuple[list[Sample | Rejected], Vote]:
    """The answers with the judge's opinion, and their votes: a group goes by the number of its first answer, from 1.

    The first whole answer pays for the judge. Where the judge says nothing, all are rejected at step `vote`:
    `unreadable_groups`, `call_failed`.
    """
    whole = [place for place, one in enumerate(solved) if isinstance(one, Sample)]
    if not whole:
        return list(solved), Vote((None,) * len(solved), {})
    texts = [solved[place].response for place in whole]  # type: ignore[union-attr]  # samples, see above
    reply = await or_rejected(consulted(ask, "agree", _prompt(question, texts)), _sample(solved[whole[0]]), "vote")
    groups = groups_in(spoken(reply), len(texts)) if isinstance(reply, Completion) else None
    ballots: list[str | None] = [None] * len(solved)
    read = list(solved)
    for number, place in enumerate(whole):
        read[place] = _heard(_sample(solved[place]), reply, first=number == 0, readable=groups is not None)
        ballots[place] = str(next(min(group) + 1 for group in groups if number in group)) if groups else None
    return read, Vote(tuple(ballots), {str(min(group) + 1): len(group) for group in groups or ()})


def groups_in(text: str, count: int) -> list[set[int]] | None:
    """The lines `Group: 1, 3` (`组：1、3`) as sets of places from 0, largest first; None unless each answer is in exactly one."""
    groups = [{int(number) - 1 for number in re.findall(r"\d+", line)} for line in _GROUP.findall(text)]
    told = [place for group in groups for place in group]
    return sorted(filter(None, groups), key=len, reverse=True) if sorted(told) == list(range(count)) else None


def _heard(sample: Sample, reply: Completion | Rejected, *, first: bool, readable: bool) -> Sample | Rejected:
    if isinstance(reply, Rejected):
        return Rejected(sample, "vote", reply.reason, evidence=reply.evidence)
    said = opinion_of(reply)
    paid = billed(sample, reply) if first else sample
    return noted(paid, **said) if readable else Rejected(paid, "vote", "unreadable_groups", evidence=said)


def _sample(one: Sample | Rejected) -> Sample:
    return one.sample if isinstance(one, Rejected) else one


def _prompt(question: Question, answers: Sequence[str]) -> str:
    listed = "\n\n".join(f"[{place}]\n{answer}" for place, answer in enumerate(answers, 1))
    return load("self_consistency", "agree", question.lang).fill(question=question.prompt, answers=listed)
