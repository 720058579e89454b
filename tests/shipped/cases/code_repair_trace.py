"""`configs/code_repair_trace.yaml`."""

from __future__ import annotations

from tests.shipped.case import Case
from tests.shipped.repairs import NO_FUNCTION, NO_PROGRAM, RIGHT, of_other_modes, repairs

CASE = Case(
    config="code_repair_trace",
    strict=("recipe.verify.call=tests.shipped.checks:hearsay", "source.fields={}", "recipe.samples=10"),
    rows=repairs("buggy", (RIGHT, NO_PROGRAM, NO_FUNCTION)),
    undrawn=of_other_modes("trace"),
)
