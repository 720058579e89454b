"""`configs/orca.yaml`."""

from __future__ import annotations

from tests.shipped.case import Case
from tests.shipped.seeds import UNFIT_QUESTIONS, shipped

CASE = Case(
    config="orca",
    strict=("recipe.verify.call=tests.shipped.checks:hearsay", "recipe.samples=14", "recipe.compare=rule", "recipe.with_answer=true"),
    rows=[*shipped("choices"), *UNFIT_QUESTIONS, {"question": "Who?"}],
    undrawn={"answer/no_logprobs": "of `logprobs`: whitebox draws it"},
    out_of_reach="对折三次|rope is cut",
)
