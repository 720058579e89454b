"""`configs/orca_math_pairs.yaml`."""

from __future__ import annotations

from stream_synth.recipes.orca_math import OrcaMath
from tests.shipped.case import Case
from tests.shipped.seeds import UNFIT_QUESTIONS

MARKED = [
    {"question": question.format(number)}
    for number in range(1, 6)
    for question in (
        "第{}号仓库有40箱货，运走了12箱，还剩几箱？",
        "There are 40 crates in warehouse {} and 12 are taken away. How many are left?",
    )
]
PAIRING = ("student/", "judge/", "match/", "pair/")
CASE = Case(
    config="orca_math_pairs",
    strict=("recipe.verify.call=tests.shipped.checks:hearsay", "recipe.rounds=0"),
    rows=[*MARKED, *UNFIT_QUESTIONS],
    out_of_reach="^请判断.*待判断的解答：\n一共有四打|^Decide whether.*Solution to judge:\nThat is four dozen",
    undrawn={
        **{reason: "orca_math draws it" for reason in OrcaMath.card.rejects if not reason.startswith((*PAIRING, "seed/", "verify/"))},
        "student/call_failed": "students are asked in the teacher's words: what fails here fails there too",
        "match/undecided": "of `judge: false`",
    },
)
