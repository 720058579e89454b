"""`configs/rest_em.yaml`."""

from __future__ import annotations

from tests.shipped.case import Case
from tests.shipped.seeds import UNFIT_QUESTIONS, shipped

CASE = Case(
    config="rest_em",
    strict=(
        "recipe.verify.call=tests.shipped.checks:hearsay",
        "recipe.calculator=true",
        "recipe.samples=6",
        "recipe.keep=1",
        "source.fields={}",
    ),
    rows=[*shipped("problems"), *UNFIT_QUESTIONS, {"question": "What do you think?", "answer": "42", "answer_kind": "open"}],
)
