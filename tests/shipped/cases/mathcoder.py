"""`configs/mathcoder.yaml`."""

from __future__ import annotations

from tests.shipped.case import Case
from tests.shipped.seeds import UNFIT_QUESTIONS, shipped

STRICT = ("recipe.verify.call=tests.shipped.checks:hearsay", "recipe.max_blocks=1", "recipe.keep=1", "source.fields={}")
REFUSED = "^<llm-code-output>\n777\n"
PROSE = {"question": "Why?", "answer": "Because I say so, and so does everybody else in here."}
CALCULATOR = {"calculator/miscalculated": "of solutions in words; code does its own sums"}
NOT_INTERPOLATED = {
    **CALCULATOR,
    **{f"interpolate/{reason}": "only of new problems" for reason in ("truncated", "refused", "empty", "tag_damage", "invalid", "copied")},
    **dict.fromkeys(("seed/no_second_problem", "agree/too_few", "agree/disagree"), "only of new problems"),
}

CASE = Case(
    config="mathcoder",
    strict=(*STRICT, "recipe.samples=6"),
    rows=[*shipped("problems"), *UNFIT_QUESTIONS, PROSE],
    out_of_reach=REFUSED,
    undrawn={**NOT_INTERPOLATED, "run/error": "errors are shown to the model here", "hint/mentions_hint": "no solution is shown here"},
)
