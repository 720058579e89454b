"""`configs/arithmetic.yaml`."""

from __future__ import annotations

from tests.shipped.case import Case

CASE = Case(config="arithmetic", calls=False, undrawn={"recompute/wrong_answer": "the program would have to be wrong"})
