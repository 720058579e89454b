"""Whether a rewritten answer still says what the given one said: a rule that tells the gross departures, not the fine ones."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from stream_synth.text.containment import kept_share
from stream_synth.verify.equality import same_answer
from stream_synth.verify.extract import final_answer

_NUMBER = re.compile(r"\d+(?:[,，]\d{3})*(?:\.\d+)?")
SHORT = 24  # characters: a given answer that short is the conclusion itself


def departure(given: str, rewritten: str, least_kept: float) -> dict[str, Any] | None:
    """What the rewritten answer lost, as evidence; None when it keeps to the given one.

    It must state the given final answer where there is one, hold every number of the given answer, and `least_kept` of its words.
    """
    expected = _conclusion(given)
    got = final_answer(rewritten)
    if expected and got and not got.guessed and not same_answer(got.text, expected) and _squeezed(expected) not in _squeezed(got.text):
        return {"expected": expected, "got": got.text}
    missing = sorted(_numbers(given) - _numbers(rewritten))
    if missing:
        return {"missing_numbers": missing}
    kept = kept_share(given, rewritten)
    return {"kept_share": round(kept, 3), "least": least_kept} if kept < least_kept else None


def _conclusion(given: str) -> str:
    found = final_answer(given)
    if found and not found.guessed:
        return found.text
    return given.strip().rstrip("。.") if len(given.strip()) <= SHORT else ""


def _numbers(text: str) -> set[str]:
    plain = unicodedata.normalize("NFKC", text)
    return {_bare(one.replace(",", "")) for one in _NUMBER.findall(plain)}


def _bare(number: str) -> str:
    """1.50 is 1.5, 007 is 7."""
    whole, _, part = number.partition(".")
    part = part.rstrip("0")
    return (whole.lstrip("0") or "0") + (f".{part}" if part else "")


def _squeezed(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
