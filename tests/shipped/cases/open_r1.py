"""`configs/open_r1.yaml`."""

from __future__ import annotations

from dataclasses import replace

from tests.shipped.cases.reasoning import CASE as REASONING

CASE = replace(
    REASONING,
    config="open_r1",
    replies="reasoning",
    undrawn={**REASONING.undrawn, "answer/no_answer": "`rescue: true`: the judge decides"},
)
