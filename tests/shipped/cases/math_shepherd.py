"""`configs/math_shepherd.yaml`."""

from __future__ import annotations

from tests.shipped.case import Case
from tests.shipped.seeds import UNFIT_QUESTIONS, shipped

CASE = Case(
    config="math_shepherd",
    strict=(
        "recipe.verify.call=tests.shipped.checks:hearsay",
        "recipe.calculator=true",
        "recipe.samples=6",
        "recipe.completions=4",
        "recipe.max_steps=3",
        "recipe.keep=1",
        "source.fields={}",
    ),
    rows=[*shipped("problems"), *UNFIT_QUESTIONS, {"question": "Why?", "answer": "It is so.", "answer_kind": "open"}],
    out_of_reach="一辆汽车.*有一个解答是这样开头的|25 pages.*A solution begins like this",
)
