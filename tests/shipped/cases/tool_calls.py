"""`configs/tool_calls.yaml`."""

from __future__ import annotations

from tests.shipped.case import Case
from tests.shipped.cases.mathcoder import CALCULATOR
from tests.shipped.seeds import UNFIT_QUESTIONS, shipped

BROKEN = [{"question": "Why?", "tools": "no list"}, {"question": "Why?", "functions": "def borrow(:"}]

CASE = Case(
    config="tool_calls",
    strict=("recipe.verify.call=tests.shipped.checks:hearsay", "recipe.samples=6", "recipe.max_rounds=2"),
    rows=[*shipped("tool_questions"), *UNFIT_QUESTIONS, *BROKEN],
    out_of_reach=r"^(707000|303000)\.0$",
    undrawn=CALCULATOR,
)
