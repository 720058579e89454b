"""Scored rows out of a labelled file."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from stream_synth.errors import ConfigError
from stream_synth.training.scorer import Scored
from stream_synth.values import Sample


def scored(row: Mapping[str, Any]) -> Scored | None:
    """A row with prompt (or instruction), response (or output) and score; None where one is missing or no finite number.

    A document has no prompt: its row holds `text` and score, or a prompt that is empty.
    """
    response = row.get("response") or row.get("output") or row.get("text")
    prompt = row.get("prompt") or row.get("instruction") or ("" if "text" in row or row.get("prompt") == "" else None)
    score = row.get("score")
    if not isinstance(prompt, str) or not isinstance(response, str) or isinstance(score, bool) or not isinstance(score, int | float):
        return None
    return Scored(Sample(prompt, response, lang=str(row.get("lang") or "")), float(score)) if math.isfinite(score) else None


def labelled_file(path: Path) -> Iterator[Scored]:
    """Rows of a JSONL file that carry a score. ConfigError for a file that cannot be read or a line that is no object."""
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read: {error}") from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise ConfigError(f"{path} line {number} is no JSON: {error}") from error
        if not isinstance(row, dict):
            raise ConfigError(f"{path} line {number} is no object; write one row with prompt, response, score a line")
        if (found := scored(row)) is not None:
            yield found
