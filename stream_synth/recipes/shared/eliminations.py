"""When an evolved task has failed: WizardLM's rules that need no judge, for Chinese as well as English (arXiv:2304.12244, section 3.2)."""

from __future__ import annotations

import re

from stream_synth.recipes.shared.prompts import load
from stream_synth.text.length import words
from stream_synth.text.normal import squeezed
from stream_synth.text.tokens import tokens

SORRY_WORDS = 80  # the paper's
_SORRY = re.compile(r"\bsorry\b|抱歉|对不起|不好意思", re.IGNORECASE)
_INVALID = re.compile(r"\W*INVALID\b")
# The paper's phrases, and the markers of our own prompts.
_ROLE_WORDS = (
    "given prompt",
    "rewritten prompt",
    "created prompt",
    "given task",
    "rewritten task",
    "#original task#",
    "#new task#",
    "给定的任务",
    "改写后的任务",
    "#原任务#",
    "#新任务#",
)


def role_words(evolved: str, parent: str) -> list[str]:
    """Words of the evolving prompt that slipped into the task. What the parent itself says is no slip."""
    told, said = evolved.lower(), parent.lower()
    return [word for word in _ROLE_WORDS if word in told and word not in said]


def same_text(one: str, other: str) -> bool:
    """The same but for spelling of width, case and space."""
    return squeezed(one) == squeezed(other)


def is_apology(answer: str) -> bool:
    """It says sorry, and little else."""
    return bool(_SORRY.search(answer)) and words(answer) < SORRY_WORDS


def says_nothing(answer: str) -> bool:
    """Punctuation and stop words alone."""
    empty = {word for lang in ("en", "zh") for word in load("evol_instruct", "stop_words", lang).text.split()}
    return all(token.lower() in empty for token in tokens(answer))


def is_invalid(answer: str) -> bool:
    """The answerer took the way out that it was offered."""
    return bool(_INVALID.match(answer))
