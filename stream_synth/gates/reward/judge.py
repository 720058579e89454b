"""A language model as judge: three marks from 1 to 5, or which of two answers is better, asked in both orders."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from stream_synth.errors import ChatError
from stream_synth.gates.reward.options import MARKS, RewardOptions
from stream_synth.gates.reward.scoring import Score, answer_of, asked, language_of
from stream_synth.protocols import Chat
from stream_synth.values import Completion, Json, Request, Sample
from stream_synth.verify import split_thinking

MIN_COVERED = 0.5  # of the probability must lie on digits that count, else the distribution says nothing about the mark
MAX_JUDGE_TOKENS = 1024  # three short lines, with room for a judge that thinks
MARK_DIGITS = ("1", "2", "3", "4", "5")
PARAMS: Mapping[str, Any] = {"temperature": 0.0, "max_tokens": MAX_JUDGE_TOKENS}
LOGPROBS: Mapping[str, Any] = {"logprobs": True, "top_logprobs": 20}  # the most that servers give
# ASCII, full-width or quoted; "5/5" and "5 分" are 5, "10" is no mark.
_MARK = re.compile(r'["“*]*(correct|well[_-]formed|unambiguous)["”*]*\s*[:：=]\s*["“*]*([1-5])(?![\d.])', re.IGNORECASE)
_CHOICE = re.compile(r"(?:better|更好)[\"*]*\s*[:：=]\s*[\"*]*([12])(?!\d)", re.IGNORECASE)


class Judge:
    """Marks in the evidence; the raw score is their mean, or for a pair the probability in 0..1 that `chosen` is the better."""

    name = "judge"
    bounds = (0.0, 1.0)

    def __init__(self, options: RewardOptions) -> None:
        self._role = options.asked_role
        self._min_marks = options.min_marks
        self._params = {**PARAMS, **(LOGPROBS if options.logprobs else {})}

    async def score(self, sample: Sample, chat: Chat) -> Score:
        """`unreadable` for a reply without all marks, `uncertain_marks` where digits cover too little, `call_failed` for none."""
        try:
            if sample.chosen is not None and sample.rejected is not None:
                return await self._preferred(sample, sample.chosen, sample.rejected, chat)
            return await self._marked(sample, chat)
        except ChatError as error:
            return Score(None, "call_failed", {"kind": error.kind, "problem": str(error)})

    async def _marked(self, sample: Sample, chat: Chat) -> Score:
        reply = await asked(sample, chat, self._role, "marks", self._request(rubric(sample)))
        text, positions = answered(reply)
        found = {match[1].lower().replace("-", "_"): match.start(2) for match in _MARK.finditer(text)}
        if set(found) != set(MARKS) or reply.truncated or reply.refused:
            return Score(None, "unreadable", {"reply": reply.text[:500], "judge": reply.model})
        marks: dict[str, float] = {}
        for mark in MARKS:
            weighed = weighed_digit(text, found[mark], positions, MARK_DIGITS)
            if weighed is None:
                return Score(None, "uncertain_marks", {"mark": mark, "reply": text[:500], "judge": reply.model})
            marks[mark] = round(weighed, 3)
        low = next((mark for mark in MARKS if marks[mark] < self._min_marks.get(mark, 0)), None)
        mean = sum(marks.values()) / len(marks)
        evidence = {"marks": marks, "judge": reply.model, "weighed": bool(positions), "meta": {"marks": marks}}  # meta: kept with the row
        return Score((mean - 1) / 4, evidence=evidence, fails=f"low_{low}" if low else "")

    async def _preferred(self, sample: Sample, chosen: str, rejected: str, chat: Chat) -> Score:
        """Both orders: a judge that likes the first answer, whichever it is, comes out at one half."""
        shares = []
        for step, first, second, better in (("pair", chosen, rejected, "1"), ("swapped", rejected, chosen, "2")):
            prompt = _filled("pair", language_of(sample), prompt=sample.prompt, first=first, second=second)
            reply = await asked(sample, chat, self._role, step, self._request(prompt))
            text, positions = answered(reply)
            choice = None if reply.truncated or reply.refused else _CHOICE.search(text)
            if choice is None:
                return Score(None, "unreadable", {"order": step, "reply": reply.text[:500], "judge": reply.model})
            weighed = weighed_digit(text, choice.start(1), positions, ("1", "2"))
            if weighed is None:
                return Score(None, "uncertain_marks", {"order": step, "reply": text[:500], "judge": reply.model})
            shares.append(2 - weighed if better == "1" else weighed - 1)
        evidence = {"as_given": round(shares[0], 3), "swapped": round(shares[1], 3), "judge": reply.model}
        return Score(sum(shares) / 2, evidence={**evidence, "agrees": (shares[0] > 0.5) == (shares[1] > 0.5)})

    def _request(self, prompt: str) -> Request:
        return Request(({"role": "user", "content": prompt},), params=self._params)


def rubric(sample: Sample) -> str:
    """The judge's prompt. What "correct" means follows from the row's `answer_kind`: only exact and set answers are compared with one."""
    lang = language_of(sample)
    kind = str(sample.meta.get("answer_kind") or "open")
    reference = sample.meta.get("gold", sample.meta.get("reference", ""))
    told = ", ".join(map(str, reference)) if isinstance(reference, list | tuple) else str(reference or "")
    what = _text(f"{kind if told and kind in {'exact', 'set'} else 'open'}", lang).strip().replace("{reference}", told)
    return _filled("marks", lang, prompt=sample.prompt, response=answer_of(sample), what=what)


def answered(reply: Completion) -> tuple[str, dict[int, Json]]:
    """The answer without thinking, and the log probabilities of the tokens that start at each of its characters."""
    text = split_thinking(reply.text, reply.reasoning).answer
    said = "".join(str(token.get("token", "")) for token in reply.logprobs)
    start = said.rfind(text)
    if not text or start < 0:
        return text, {}
    positions, at = {}, -start
    for token in reply.logprobs:
        positions[at] = token
        at += len(str(token.get("token", "")))
    return text, positions


def weighed_digit(text: str, at: int, positions: Mapping[int, Json], digits: Sequence[str]) -> float | None:
    """The mean over the digits that could have stood at this place, by their probability; the digit itself without log probabilities.

    None where the digits cover less than `MIN_COVERED`.
    """
    token = next((positions[place] for place in (at, at - 1) if place in positions and _digit(positions[place]) == text[at]), None)
    if token is None:
        return float(text[at])
    shares = dict.fromkeys(digits, 0.0)
    for other in token.get("top_logprobs") or [token]:
        digit = _digit(other)
        if digit in shares:
            shares[digit] += math.exp(min(float(other.get("logprob", -99.0)), 0.0))
    covered = sum(shares.values())
    return sum(float(digit) * share for digit, share in shares.items()) / covered if covered >= MIN_COVERED else None


def _digit(token: Json) -> str:
    return str(token.get("token", "")).strip()


def _filled(name: str, lang: str, **texts: str) -> str:
    """The template with texts put in at once, so that braces in a row's text stay what they are."""
    return re.sub(r"\{(\w+)\}", lambda match: texts.get(match[1], match[0]), _text(name, lang))


@cache
def _text(name: str, lang: str) -> str:
    language = "zh" if lang == "zh" else "en"
    return (files("stream_synth.gates.reward") / "rubrics" / language / f"{name}.txt").read_text(encoding="utf-8")
