"""`configs/constitutional.yaml`."""

from __future__ import annotations

from tests.shipped.case import Case
from tests.shipped.seeds import UNFIT_QUESTIONS, shipped

CASE = Case(
    config="constitutional",
    strict=("recipe.verify.call=tests.shipped.checks:hearsay", "recipe.rounds=1", "recipe.samples=24"),
    rows=[*shipped("delicate"), *UNFIT_QUESTIONS],
    out_of_reach=(
        r"^请按照一条原则.*大喊13声|^Examine an answer.*for 13 nights|^请改写一个回答.*大喊18声|^Rewrite an answer.*for 18 nights"
        r"|^下面是对同一个问题.*晚上24点|^Two answers.*after 24 in"
    ),
    undrawn={"answer/too_few": "of `pair: sampled`"},
)
