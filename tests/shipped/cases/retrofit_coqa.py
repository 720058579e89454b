"""`configs/retrofit_coqa.yaml`."""

from __future__ import annotations

from tests.shipped.case import Case
from tests.shipped.seeds import UNFIT_QUESTIONS, shipped

STORIES = [
    {"context": row["story"], "question": row["questions"][0], "answer": row["answers"]["input_text"][0]} for row in shipped("coqa_shaped")
]
CASE = Case(
    config="retrofit_coqa",
    replies="retrofit_cot",
    strict=("recipe.verify.call=tests.shipped.checks:guesswork", "recipe.samples=14", "source.fields={}", "source.id=''"),
    rows=[*STORIES, *UNFIT_QUESTIONS, {"question": "Who?"}],
    out_of_reach="^下面是一份资料、一个问题和一段思考.*都记得这件事|^Below are a passage.*people there remember it",
)
