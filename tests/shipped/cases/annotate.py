"""`configs/annotate.yaml`."""

from __future__ import annotations

from tests.shipped.case import Case
from tests.shipped.seeds import shipped

REVIEWS = shipped("reviews")

CASE = Case(
    config="annotate",
    strict=("recipe.verify.call=tests.shipped.checks:starry",),
    rows=[*REVIEWS, {**REVIEWS[0], "text": " "}, {"text": "…", "task": "?", "labels": ["one"]}],
    out_of_reach="The text:.*reminded me of my grandmother|文字：.*不会做饭的奶奶",
)
