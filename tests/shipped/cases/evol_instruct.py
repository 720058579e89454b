"""`configs/evol_instruct.yaml`."""

from __future__ import annotations

from tests.shipped.case import Case
from tests.shipped.seeds import UNFIT_QUESTIONS, questions

CASE = Case(
    config="evol_instruct",
    strict=(
        "recipe.verify.call=tests.shipped.checks:hearsay",
        "recipe.rounds=1",
        "recipe.samples=4",
        "source.fields={}",
        "recipe.words_added=[-99,40]",
    ),
    rows=[*questions(), *UNFIT_QUESTIONS],
    out_of_reach=r"^请比较两个任务.*二月各有几天|^Compare two tasks.*faces the sea|^请写一句感谢体育老师|^What is a library, and how",
    undrawn={"evolve/call_failed": "of a later round"},
)
