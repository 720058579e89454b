"""`configs/alphamath.yaml`."""

from __future__ import annotations

from tests.shipped.case import Case
from tests.shipped.cases.mathcoder import CALCULATOR
from tests.shipped.seeds import UNFIT_QUESTIONS, shipped

CASE = Case(
    config="alphamath",
    strict=("recipe.verify.call=tests.shipped.checks:hearsay", "recipe.max_steps=2", "recipe.keep=1", "source.fields={}"),
    rows=[*shipped("problems"), *UNFIT_QUESTIONS, {"question": "Why?", "answer": "Because I say so, and so does everybody else in here."}],
    out_of_reach="一辆汽车|25 pages",
    undrawn=CALCULATOR,
)
