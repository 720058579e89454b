"""`configs/code_repair_reflect.yaml`."""

from __future__ import annotations

from tests.shipped.case import Case
from tests.shipped.repairs import of_other_modes, repairs

TROUBLES = {
    "写一个函数 half(n)，把整数减半（{}）。": ("截断", "拒绝", "空白", "标签", "没有测试", "没有程序", "够不着"),
    "Write half(n), which halves a whole number ({}).": ("cut off", "withheld", "blank", "tags", "no tests", "no program", "out of reach"),
}

CASE = Case(
    config="code_repair_reflect",
    strict=("recipe.verify.call=tests.shipped.checks:hearsay", "source.fields={}", "recipe.samples=12"),
    rows=[*repairs(), *({"question": task.format(trouble)} for task, troubles in TROUBLES.items() for trouble in troubles)],
    out_of_reach=r"own tests.* is -3\b|你自己写的.* is -3\b|with the function third|含有函数 quarter",
    undrawn=of_other_modes("reflect"),
)
