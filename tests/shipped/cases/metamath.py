"""`configs/metamath.yaml`."""

from __future__ import annotations

from tests.shipped.case import Case
from tests.shipped.seeds import UNFIT_QUESTIONS, shipped

NO_NUMBERS = ({"question": "How many legs has a cat?", "answer": "4"}, {"question": "猫有几条腿？", "answer": "4"})

CASE = Case(
    config="metamath",
    strict=(
        "recipe.verify.call=tests.shipped.checks:hearsay",
        "recipe.calculator=true",
        "recipe.samples=6",
        "recipe.keep=3",
        "source.fields={}",
    ),
    rows=[*shipped("problems"), *NO_NUMBERS, *UNFIT_QUESTIONS, {"question": "Why?", "answer": "It is so.", "answer_kind": "open"}],
    out_of_reach=(
        "^Write the last question anew.*rope of 60|^请把最后一个问题换.*一桶油"
        "|^Turn the last question.*pencils are left|^请把最后的问题和它的答案.*还剩多少张桌子"
        "|24 pencils.*Reason step by step|5排桌子.*请一步一步推理"
    ),
)
