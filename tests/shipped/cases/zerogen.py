"""`configs/zerogen.yaml`."""

from __future__ import annotations

from tests.shipped.case import Case
from tests.shipped.seeds import shipped

ABOUT = {
    "en": ("the queue", "the cook", "the waiter", "the bill", "a gate", "a bell", "a jar", "a mill"),
    "zh": ("等位", "招牌菜", "服务员", "账单", "大门", "铃铛", "罐子", "磨坊"),
}
LABELS = shipped("labels")

CASE = Case(
    config="zerogen",
    strict=("recipe.verify.call=tests.shipped.checks:hearsay_label", "recipe.pair=true", "recipe.votes=2"),
    rows=[
        *({**row, "about": about} for row in LABELS for about in ABOUT[row["lang"]]),
        {**LABELS[0], "label": "no such label"},
        {"label": "no task"},
    ],
    out_of_reach=(
        '^Write the second.*"undecided".*the bill|^请为一份带标签的文本对写其中的第二段.*“说不准”.*账单'
        "|^Label a text.*The bill was smaller than|^请给一段文字加标签.*账单比我们的胃口"
    ),
)
