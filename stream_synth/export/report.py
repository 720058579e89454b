"""What an export did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What was written and what was not."""

    rows: int
    files: Mapping[Path, int]  # rows in each
    left_out: Mapping[str, int] = field(default_factory=dict)  # reason to rows that the format cannot express
    licences: Mapping[str, int] = field(default_factory=dict)  # of the seeds, over the written rows
