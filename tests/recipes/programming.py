"""What tests of methods with programs share."""

from __future__ import annotations

from typing import Any

from stream_synth.values import Rejected, Sample
from stream_synth.verify.sandbox import protections

ANYWHERE: dict[str, Any] = {"allow_unprotected": not protections().isolated, "test_s": 1.0}


def fenced(code: str, said: str = "") -> str:
    """A reply as models write it."""
    return f"{said}\n\n```python\n{code}\n```".strip()


def fates(rows: list[Sample | Rejected]) -> list[str]:
    """What became of each candidate."""
    return [f"{row.step}/{row.reason}" if isinstance(row, Rejected) else "accepted" for row in rows]
