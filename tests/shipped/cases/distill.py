"""`configs/distill.yaml`."""

from __future__ import annotations

from tests.shipped.case import Case
from tests.shipped.seeds import UNFIT_QUESTIONS, questions

CASE = Case(
    config="distill",
    strict=("recipe.verify.call=tests.shipped.checks:hearsay", "recipe.samples=4", "recipe.compare=rule", "source.fields={}"),
    rows=[*questions(), *UNFIT_QUESTIONS],
    undrawn={"answer/no_logprobs": "of `logprobs`: whitebox draws it"},
)
