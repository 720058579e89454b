"""`configs/quality_label.yaml`."""

from __future__ import annotations

from tests.shipped.case import Case
from tests.shipped.seeds import shipped

TEXTS = [row["text"] for row in shipped("passages")]
MORE = ("听说海水会走路，每天走两趟。", "这段文字无从评分。", "I have heard that the sea can walk.", "This text is beyond rating.")

CASE = Case(
    config="quality_label",
    strict=("recipe.verify.call=tests.shipped.checks:hearsay",),
    rows=[
        *({"text": text} for text in (*TEXTS, *MORE)),
        *({"text": text, "score": 0} for text in ("梯子", "a kettle")),
        {"text": " "},
        {"text": "a", "score": 7},
    ],
)
