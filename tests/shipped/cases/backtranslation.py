"""`configs/backtranslation.yaml`."""

from __future__ import annotations

from tests.shipped.case import Case
from tests.shipped.seeds import shipped

TEXT = shipped("passages")[1]["text"]
UNFIT = (
    {"text": ""},
    {"text": "short"},
    {"text": TEXT * 4},
    {"text": TEXT, "title": "FORUM"},
    {"text": f"{TEXT}\n\n{TEXT[:300]}"},
)

CASE = Case(
    config="backtranslation",
    strict=("recipe.verify.call=tests.shipped.checks:mere_doubt", "recipe.samples=11"),
    rows=[*shipped("passages"), *UNFIT],
    out_of_reach="教我修自行车的步骤.*刹车|every step of sourdough baking.*jar",
)
