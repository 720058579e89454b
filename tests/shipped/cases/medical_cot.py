"""`configs/medical_cot.yaml`."""

from __future__ import annotations

from tests.shipped.case import Case
from tests.shipped.seeds import UNFIT_QUESTIONS, shipped

ZH, EN = "第{}号病人吹了风，头痛流涕，最可能是什么？", "A case of patient {} who stood in the wind and sneezes: what is it most likely?"
MARKED = [
    {"question": question.format(number), "options": options, "answer": "A"}
    for number in range(1, 59)
    for question, options in ((ZH, ["着凉", "中暑"]), (EN, ["a cold", "sunstroke"]))
]
STEPS = {  # where a call is out of reach -> the patient
    51: ("^下面是一道选择题。请判断", "^Below is a multiple-choice question"),
    52: ("^请把下面的选择题", "^Turn the multiple"),
    53: ("^请一步一步思考", "^Think about the question"),
    41: ("思考最后得出的结论是错的", "The conclusion that it ended in is wrong"),
    42: ("思考的结论还不对", "whose conclusion is not right yet"),
    54: ("^请判断下面的结论", "^Does the conclusion"),
    55: ("^下面是一个问题和一串", "^Below are a question and a chain"),
    56: ("^下面是一个问题，以及你心里", "^Below are a question and your own"),
}
CASE = Case(
    config="medical_cot",
    strict=("recipe.verify.call=tests.shipped.checks:hearsay",),
    rows=[*shipped("exam_questions"), *MARKED, *UNFIT_QUESTIONS, {"question": "Who?"}],
    out_of_reach="|".join(f"{zh}.*第{number}号病人|{en}.*patient {number} " for number, (zh, en) in STEPS.items()),
)
