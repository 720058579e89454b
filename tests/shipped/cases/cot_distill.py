"""`configs/cot_distill.yaml`."""

from __future__ import annotations

from tests.shipped.case import Case
from tests.shipped.seeds import UNFIT_QUESTIONS, shipped

CASE = Case(
    config="cot_distill",
    strict=(
        "recipe.verify.call=tests.shipped.checks:hearsay",
        "recipe.calculator=true",
        "recipe.hint=true",
        "recipe.decompose=true",
        "recipe.samples=6",
        "recipe.keep=1",
        "source.fields={}",
    ),
    rows=[*shipped("problems"), *UNFIT_QUESTIONS, {"question": "Why?", "answer": "It is so.", "answer_kind": "open"}],
)
