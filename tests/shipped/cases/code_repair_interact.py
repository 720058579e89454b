"""`configs/code_repair_interact.yaml`."""

from __future__ import annotations

from tests.shipped.case import Case
from tests.shipped.repairs import NO_PROGRAM, RIGHT, of_other_modes, repairs

CASE = Case(
    config="code_repair_interact",
    strict=("recipe.verify.call=tests.shipped.checks:hearsay", "source.fields={}", "recipe.samples=10", "recipe.turns=3"),
    rows=repairs(unfit=(RIGHT, NO_PROGRAM)),
    out_of_reach=r"^The program passes .* is -3\b|^程序通过了 .* is -3\b",
    undrawn=of_other_modes("interact"),
)
