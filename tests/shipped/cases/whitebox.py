"""`configs/whitebox.yaml`: answers with log-probabilities."""

from __future__ import annotations

from stream_synth.recipes.distill import Distill
from tests.shipped.case import Case

CASE = Case(
    config="whitebox",
    undrawn={reason: "distill draws it" for reason in Distill.card.rejects if reason != "answer/no_logprobs"},
)
