"""`configs/code_repair_faster.yaml`."""

from __future__ import annotations

from tests.shipped.case import Case
from tests.shipped.repairs import NO_PROGRAM, WRONG, of_other_modes, repairs

CASE = Case(
    config="code_repair_faster",
    strict=("recipe.verify.call=tests.shipped.checks:hearsay", "source.fields={}", "recipe.samples=10", "recipe.rounds=1"),
    rows=repairs("slow", (WRONG, NO_PROGRAM)),
    undrawn={**of_other_modes("faster"), "speed/not_faster": "a busy machine decides; a unit test draws it"},
)
