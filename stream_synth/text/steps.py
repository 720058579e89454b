"""A solution taken apart into its steps, in Chinese or English, as the writer marked them."""

from __future__ import annotations

import re
from itertools import pairwise

_BOLD = r"[ \t*#_>-]*"
_MARK = re.compile(
    rf"^{_BOLD}(?:(?:step|步骤)[ \t]*\d{{1,3}}|第[ \t]*(?:\d{{1,3}}|[一二三四五六七八九十]{{1,3}})[ \t]*步){_BOLD}[:：.、,，]",
    re.IGNORECASE | re.MULTILINE,
)
_ASKED = re.compile(
    rf"^{_BOLD}(?:sub-?question|子问题)[ \t]*(?P<number>\d{{1,3}}){_BOLD}[:：]{_BOLD}(?P<text>.+)$", re.IGNORECASE | re.MULTILINE
)
_TOLD = re.compile(
    rf"^{_BOLD}(?:sub-?answer|子答案|子回答)[ \t]*(?P<number>\d{{1,3}}){_BOLD}[:：]{_BOLD}(?P<text>.+)$", re.IGNORECASE | re.MULTILINE
)


def steps_of(solution: str) -> list[str]:
    """Its steps in order, joined by "" the whole: cut before every `Step 2:` (`步骤2：`, `第二步：`), or else before every line.

    What stands before the first mark belongs to the first step, blank lines to the step above them.
    """
    cuts = [mark.start() for mark in _MARK.finditer(solution)] or [
        line.start() for line in re.finditer(r"^(?=.*\S)", solution, re.MULTILINE)
    ]
    bounds = [0, *cuts[1:], len(solution)]
    return [solution[start:end] for start, end in pairwise(bounds) if solution[start:end].strip()]


def sub_questions(solution: str) -> list[tuple[str, str]]:
    """(question, answer) of the lines `Sub-question 1: …` and `Sub-answer 1: …` (`子问题1：…`, `子答案1：…`).

    Empty unless they are numbered from 1 and every question has its answer.
    """
    asked = {int(found["number"]): found["text"].strip(" \t*") for found in _ASKED.finditer(solution)}
    told = {int(found["number"]): found["text"].strip(" \t*") for found in _TOLD.finditer(solution)}
    numbers = list(range(1, len(asked) + 1))
    return [(asked[one], told[one]) for one in numbers] if sorted(asked) == sorted(told) == numbers else []
