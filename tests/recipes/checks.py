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


def halves(values: dict[str, Any]) -> list[dict[str, Any]] | None:
    """The two words of a question as rows of their own; None when it has another number of them."""
    words = values["question"].split()
    return [{"part": word} for word in words] if len(words) == 2 else None
