"""`configs/self_instruct.yaml`."""

from __future__ import annotations

from tests.shipped.case import Case
from tests.shipped.seeds import shipped

TASKS = shipped("seed_tasks")

CASE = Case(
    config="self_instruct",
    strict=("recipe.verify.call=tests.shipped.checks:hearsay", "recipe.samples=9", "recipe.machine=0"),
    rows=[{"lang": "en", "examples": TASKS[:8]}, {"lang": "zh", "examples": TASKS[10:18]}, {"examples": []}],
    out_of_reach=(
        "^Is a task a classification.*Task: Give one rule of chess|^A task is given.*Task: Tell where the smallest sea"
        "|^请判断一个任务.*任务：用自己的话说一条象棋|^下面给出一个任务.*任务：说说最小的海"
    ),
)
