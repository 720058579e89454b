"""`configs/cosmopedia.yaml`."""

from __future__ import annotations

from tests.shipped.case import Case
from tests.shipped.seeds import shipped

CASE = Case(
    config="cosmopedia",
    strict=("recipe.verify.call=tests.shipped.checks:hearsay", "recipe.samples=8"),
    rows=[*shipped("passages"), {"topic": " "}],
)
