"""`configs/self_consistency.yaml`."""

from __future__ import annotations

from tests.shipped.case import Case
from tests.shipped.seeds import UNFIT_QUESTIONS, shipped

CASE = Case(
    config="self_consistency",
    strict=(
        "recipe.verify.call=tests.shipped.checks:hearsay",
        "recipe.calculator=true",
        "recipe.samples=10",
        "recipe.keep=1",
        "recipe.min_share=0.34",
        "source.fields={}",
    ),
    undrawn=dict.fromkeys(("vote/unreadable_groups", "vote/call_failed"), "of open answers: drawn by open_agreement"),
    rows=[*shipped("problems"), *UNFIT_QUESTIONS, {"question": "What do you think?", "answer_kind": "open"}],
)
