"""`configs/wavecoder.yaml`."""

from __future__ import annotations

from tests.shipped.case import Case
from tests.shipped.seeds import shipped

UNFIT = ({"code": " "}, {"code": "x = 1"}, {"code": "x = 1\n" * 200}, {"code": "# TODO: find out what this was meant to do\nx = 1\ny = 2"})

CASE = Case(
    config="wavecoder",
    # Replies are listed by sample of one request: all samples must ask the same, so one kind, and no cases.
    strict=(
        "recipe.verify.call=tests.shipped.checks:hearsay",
        "recipe.samples=11",
        "recipe.kinds=[summarise]",
        "recipe.cases=0",
        "source.fields={}",
    ),
    rows=[*shipped("snippets"), *UNFIT],
    out_of_reach=r"^请逐条检查[^#]*?\n解答：\n够不着|^Check a training task[^#]*?\nSolution:\nA solution out of reach",
)
