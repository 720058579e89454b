"""`configs/code_exercises.yaml`."""

from __future__ import annotations

from tests.shipped.case import Case
from tests.shipped.seeds import shipped

CASE = Case(
    config="code_exercises",
    strict=("recipe.verify.call=tests.shipped.checks:commented_hearsay", "recipe.samples=13", "source.fields={}"),
    rows=[*shipped("functions"), {"function": "two words"}],
)
