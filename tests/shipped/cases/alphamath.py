"""`configs/alphamath.yaml`."""

from __future__ import annotations

from tests.shipped.case import Case
from tests.shipped.cases.mathcoder import CALCULATOR
from tests.shipped.seeds import UNFIT_QUESTIONS, shipped

VALUES = ("value/unreadable", "value/call_failed")
CASE = Case(
    config="alphamath",
    strict=("recipe.verify.call=tests.shipped.checks:hearsay", "recipe.max_steps=2", "recipe.keep=1", "source.fields={}"),
    rows=[*shipped("problems"), *UNFIT_QUESTIONS, {"question": "Why?", "answer": "Because I say so, and so does everybody else in here."}],
    out_of_reach="一辆汽车|25 pages",
    undrawn={**CALCULATOR, **dict.fromkeys(VALUES, "of `process_reward: true`: alphamath_beam draws it")},
)
