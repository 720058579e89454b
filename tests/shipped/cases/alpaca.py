"""`configs/alpaca.yaml`."""

from __future__ import annotations

from tests.shipped.case import Case
from tests.shipped.seeds import shipped

TASKS = shipped("seed_tasks")

CASE = Case(
    config="alpaca",
    strict=("recipe.verify.call=tests.shipped.checks:hearsay", "recipe.samples=7"),
    rows=[{"lang": "en", "examples": TASKS[:3]}, {"lang": "zh", "examples": TASKS[10:13]}, {"examples": []}],
)
