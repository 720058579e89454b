"""`configs/r1_cold_start.yaml`: the reasons of refining."""

from __future__ import annotations

from stream_synth.recipes.reasoning import Reasoning
from tests.shipped.case import Case
from tests.shipped.cases.reasoning import REFINING
from tests.shipped.seeds import questions

MARKED = [
    {"question": question.format(number), "answer": "7"}
    for number in (*range(1, 7), *range(11, 15), 21, 22)
    for question in (
        "第{}号箱子里有3个球，又放进4个，一共有几个？",
        "There are 3 balls in crate {} and 4 more are put in. How many are there?",
    )
]
CASE = Case(
    config="r1_cold_start",
    strict=("recipe.samples=1",),
    rows=[*questions(), *MARKED],
    out_of_reach=(
        "^下面是一个问题和一段解题时.*第21号|^Below are a question and the thinking that.*crate 21 "
        "|^下面是一个问题和解它的.*第22号|^Below are the thinking.*crate 22 "
    ),
    undrawn={reason: "reasoning draws it" for reason in Reasoning.card.rejects if reason not in REFINING},
)
