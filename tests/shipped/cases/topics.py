"""`configs/topics.yaml`."""

from __future__ import annotations

from tests.shipped.case import Case
from tests.shipped.seeds import shipped

CASE = Case(
    config="topics",
    strict=("recipe.verify.call=tests.shipped.checks:hearsay_named", "recipe.breadth=10"),
    rows=[*shipped("roots"), {"topic": " "}],
    out_of_reach=r"> (沉船|Old ships)\n\n",
)
