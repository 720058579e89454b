"""`configs/mathcoder_interpolation.yaml`."""

from __future__ import annotations

from tests.shipped.case import Case
from tests.shipped.cases.mathcoder import CALCULATOR, REFUSED, STRICT
from tests.shipped.seeds import UNFIT_QUESTIONS, shipped

PAIRS = shipped("problem_pairs")
# Each problem also with the next one's harder partner; six of each language stand together.
SHIFTED = [
    {"question": pair["question"], "harder": PAIRS[6 * (number // 6) + (number + 1) % 6]["harder"]} for number, pair in enumerate(PAIRS)
]

CASE = Case(
    config="mathcoder_interpolation",
    strict=STRICT,
    rows=[*PAIRS, *SHIFTED, *UNFIT_QUESTIONS, {"question": "Why?"}],
    out_of_reach=REFUSED,
    undrawn={
        **CALCULATOR,
        "seed/no_gold": "none is needed",
        "answer/wrong_answer": "none is known",
        "run/error": "errors are shown to the model here",
        "hint/mentions_hint": "no solution is shown here",
    },
)
