"""`configs/openmath.yaml`."""

from __future__ import annotations

from tests.shipped.case import Case
from tests.shipped.cases.mathcoder import NOT_INTERPOLATED, PROSE, REFUSED, STRICT
from tests.shipped.seeds import UNFIT_QUESTIONS, shipped

CASE = Case(
    config="openmath",
    replies="mathcoder",
    strict=(*STRICT, "recipe.samples=6"),
    rows=[*shipped("worked_problems"), *UNFIT_QUESTIONS, PROSE],
    out_of_reach=REFUSED,
    undrawn=NOT_INTERPOLATED,
)
