"""A process-reward model behind an endpoint: what it is asked about a solution in steps, and what it says of the last one. No I/O."""

from __future__ import annotations

import json
from collections.abc import Sequence

from stream_synth.values import Message, Request

STEP_TAG = "<extra_0>"  # after each step: where Qwen2.5-Math-PRM puts its verdicts
ROUTE = (
    "/pooling"  # of vLLM, which answers with one [wrong, right] for each tag; the task is left to the server: releases name it differently
)


def worth_of(question: Sequence[Message], steps: Sequence[str]) -> Request:
    """The request. `question` are the turns before the solution."""
    told = "".join(f"{step}{STEP_TAG}" for step in steps)
    return Request(params={"messages": [*question, {"role": "assistant", "content": told}]}, route=ROUTE)


def last_chance(text: str) -> float | None:
    """The chance that the last step is right, from 0 to 1; None for a reply that holds none."""
    try:
        wrong, right = json.loads(text)["data"][0]["data"][-1]
    except (json.JSONDecodeError, KeyError, IndexError, TypeError, ValueError):
        return None
    told = all(isinstance(one, int | float) and not isinstance(one, bool) and 0 <= one <= 1 for one in (wrong, right))
    return float(right) if told else None
