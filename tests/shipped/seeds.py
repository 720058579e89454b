"""Rows of the shipped data as seeds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson

DATA = Path(__file__).parents[2] / "configs/data"
UNFIT_QUESTIONS: tuple[dict[str, Any], ...] = ({"question": " "}, {"messages": "no list"})  # which no reply can mend


def shipped(name: str) -> list[dict[str, Any]]:
    """The rows of `configs/data/NAME.jsonl`."""
    return [orjson.loads(line) for line in (DATA / f"{name}.jsonl").read_bytes().splitlines()]


def questions() -> list[dict[str, Any]]:
    """Everything that the shipped instructions and questions ask."""
    rows = [*shipped("instructions"), *shipped("questions")]
    return [row if "question" in row else {"question": f"{row['instruction']}\n{row['input']}".strip()} for row in rows]
