"""`configs/orca_math.yaml`."""

from __future__ import annotations

from stream_synth.recipes.orca_math import OrcaMath
from tests.shipped.case import Case
from tests.shipped.cases.orca_math_pairs import PAIRING
from tests.shipped.seeds import UNFIT_QUESTIONS, shipped

MARKED = [
    {"question": question.format(number)}
    for number in (*range(1, 8), *range(11, 17), 20, 31, 32, 33)
    for question in (
        "第{}号仓库有40箱货，运走了12箱，还剩几箱？",
        "There are 40 crates in warehouse {} and 12 are taken away. How many are left?",
    )
]
CASE = Case(
    config="orca_math",
    strict=("recipe.verify.call=tests.shipped.checks:hearsay", "recipe.problems=7"),
    rows=[*shipped("word_problems"), *MARKED, *UNFIT_QUESTIONS],
    out_of_reach=(
        "^下面是一道应用题。请照着.*第31号|^Here is a word problem. Write .*warehouse 31 |^下面是一道应用题。请提出.*第32号"
        "|^Here is a word problem. Suggest.*warehouse 32 |^下面是一道应用题，以及.*第33号|^Here is a word problem with.*warehouse 33 "
        "|^篮子里有.*瓜|^A basket .*melons"
    ),
    undrawn={reason: "of `students`: orca_math_pairs draws it" for reason in OrcaMath.card.rejects if reason.startswith(PAIRING)},
)
