"""`configs/preference.yaml`."""

from __future__ import annotations

from tests.shipped.case import Case
from tests.shipped.seeds import UNFIT_QUESTIONS, questions

CASE = Case(
    config="preference",
    strict=("recipe.verify.call=tests.shipped.checks:hearsay", "source.fields={}"),
    rows=[*questions(), *UNFIT_QUESTIONS],
    out_of_reach="^下面是对同一个问题的几个回答.*学习计划|^Several answers.*lightest to heaviest",
)
