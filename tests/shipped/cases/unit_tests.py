"""`configs/unit_tests.yaml`."""

from __future__ import annotations

from tests.shipped.case import Case
from tests.shipped.seeds import UNFIT_QUESTIONS, shipped

TROUBLES = {
    "写一个函数 half(n)，把整数减半（{}）。": ("截断", "拒绝", "空白", "标签", "没有测试", "意见不一", "太少"),
    "Write half(n), which halves a whole number ({}).": ("cut off", "withheld", "blank", "tags", "no tests", "no two agree", "too few"),
}

CASE = Case(
    config="unit_tests",
    strict=("recipe.verify.call=tests.shipped.checks:hearsay", "recipe.samples=10", "source.fields={}"),
    rows=[
        *shipped("programs"),
        *UNFIT_QUESTIONS,
        *({"question": task.format(trouble)} for task, troubles in TROUBLES.items() for trouble in troubles),
    ],
)
