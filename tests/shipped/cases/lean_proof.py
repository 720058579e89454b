"""`configs/lean_proof.yaml`."""

from __future__ import annotations

from tests.shipped.case import Case
from tests.shipped.theorems import OUT_OF_REACH, THEOREMS

CASE = Case(
    config="lean_proof",
    program="lean",
    strict=("recipe.verify.call=tests.shipped.checks:hearsay_premise", "source.fields={}"),
    rows=THEOREMS,
    out_of_reach=OUT_OF_REACH,
)
