"""`configs/code_comments.yaml`."""

from __future__ import annotations

from tests.shipped.case import Case
from tests.shipped.seeds import shipped

UNFIT = ({"code": " "}, {"code": "def f(:"}, {"code": "x", "language": "klingon"})

CASE = Case(
    config="code_comments",
    strict=("recipe.verify.call=tests.shipped.checks:commented_hearsay", "recipe.samples=14", "source.fields={}"),
    rows=[*shipped("snippets"), *UNFIT],
    out_of_reach="相符吗.*够不着评审|belong to it.*Nobody reaches the judge",
)
