"""`configs/tool_maker.yaml`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from stream_synth.recipes.tool_maker import ToolMaker
from tests.shipped.case import Case
from tests.shipped.seeds import shipped


def troubled() -> Iterator[dict[str, Any]]:
    """The shipped tasks once for each reason of the maker's three steps, the reason named where that step sees it."""
    for reason in ToolMaker.card.rejects:
        step = reason.partition("/")[0]
        for task in shipped("tool_tasks") if step in {"make", "calls", "wrap"} else ():
            column = "demos" if step == "make" else "validation"
            first, *others = task[column]
            marked = {**first, "question": f"{first['question']} [{reason}]"}
            yield {**task, "questions": [], column: [marked, *others]}


CASE = Case(
    config="tool_maker",
    strict=("recipe.verify.call=tests.shipped.checks:hearsay", "recipe.samples=9", "source.fields={}"),
    rows=[*shipped("tool_tasks"), *troubled(), {"demos": []}],
    out_of_reach=r"name 'far'|^(The tests|测试).*(00:00', 0|rabbits\(0, 0\))|^(Now write|现在为).*\[wrap/call_failed\]",
)
