"""Checks a domain expert could have written; `verify: {call: ...}` loads them by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def is_short(row: Mapping[str, Any]) -> dict[str, Any]:
    """Passes responses below 20 characters."""
    length = len(row["response"])
    return {"passed": length < 20, "reason": "too_long", "score": float(length), "evidence": {"length": length}}


def says_nothing(row: Mapping[str, Any]) -> None:
    """A check with a bug: it returns nothing."""


def halves(values: dict[str, Any]) -> list[str] | None:
    """The two words of a question; None when it has another number of them."""
    words: list[str] = values["question"].split()
    return words if len(words) == 2 else None
