"""`configs/long_context_qa.yaml`."""

from __future__ import annotations

from typing import Any

from tests.shipped.case import Case

BAD = ("truncated", "refused", "empty", "tag_damage")
NAMES = (
    *(f"question-{one}" for one in (*BAD, "invalid", "unreadable", "quoted", "one")),
    *(f"answer-{one}" for one in (*BAD, "failed", "wrong")),
    *(f"without-{one}" for one in (*BAD, "failed", "right")),
    "hearsay",
    "good",
)
WALL = {
    "甲": "据县志记载，这堵墙长十二米，厚一米半，是用青砖砌成的。",
    "case-": "The records say that the wall is twelve metres long and built of brick.",
}


def context(language: str, name: str) -> dict[str, Any]:
    """Three documents that say the same, so that any two of them are evidence."""
    return {"documents": [{"title": f"{language}{name}", "text": WALL[language]}] * 3}


CASE = Case(
    config="long_context_qa",
    strict=("recipe.verify.call=tests.shipped.checks:hearsay",),
    rows=[*(context(language, name) for language in WALL for name in NAMES), {"documents": [{"title": "t", "text": "alone"}]}],
    out_of_reach=r"\[3\].*(?:问题：|Question: ).*(?:甲|case-)answer-failed|^(?!.*\[3\]).*(?:问题：|Question: ).*(?:甲|case-)without-failed",
)
