"""`configs/star.yaml`."""

from __future__ import annotations

from tests.shipped.case import Case
from tests.shipped.seeds import UNFIT_QUESTIONS, shipped

CASE = Case(
    config="star",
    strict=(
        "recipe.verify.call=tests.shipped.checks:hearsay",
        "recipe.calculator=true",
        "recipe.samples=5",
        "recipe.hints=4",
        "recipe.keep=1",
        "source.fields={}",
    ),
    rows=[*shipped("problems"), *UNFIT_QUESTIONS, {"question": "Why?", "answer": "Because I say so, and so does everybody else in here."}],
    out_of_reach=r"三十六箱.*（232）|14 rows.*\(63\)",
)
