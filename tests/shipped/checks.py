"""Checks a domain expert could have written; cases load them by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def hearsay(row: Mapping[str, Any]) -> dict[str, Any]:
    """What was only heard is no answer."""
    return {"passed": not row["response"].startswith(("听说", "I have heard"))}


def hearsay_named(row: Mapping[str, Any]) -> dict[str, Any]:
    """Nor is it a topic."""
    return {"passed": "听说" not in row["response"] and "I have heard" not in row["response"]}


def leaves_it_to_chance(row: Mapping[str, Any]) -> dict[str, Any]:
    """A program that draws at random computes nothing."""
    return {"passed": "import random" not in row["response"]}


def mere_doubt(row: Mapping[str, Any]) -> dict[str, Any]:
    """An instruction that only asks whether is none."""
    return {"passed": "怎样判断" not in row["prompt"] and "whether" not in row["prompt"]}


def guesswork(row: Mapping[str, Any]) -> dict[str, Any]:
    """Thinking that guesses is none."""
    return {"passed": not any(word in row["reasoning"] for word in ("我猜", "my guess"))}


def starry(row: Mapping[str, Any]) -> dict[str, Any]:
    """Texts that count stars are labelled by them."""
    return {"passed": "五颗星" not in row["prompt"] and "Five stars" not in row["prompt"]}


def hearsay_label(row: Mapping[str, Any]) -> dict[str, Any]:
    """What was only heard needs no label."""
    return {"passed": "听说" not in row["prompt"] and "I have heard" not in row["prompt"]}


def commented_hearsay(row: Mapping[str, Any]) -> dict[str, Any]:
    """A comment that was only heard is none."""
    return {"passed": "听说" not in row["response"] and "I have heard" not in row["response"]}


def hearsay_premise(row: Mapping[str, Any]) -> dict[str, Any]:
    """What was only heard is no premise."""
    return {"passed": "hearsay" not in row["response"]}
