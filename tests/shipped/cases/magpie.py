"""`configs/magpie.yaml`."""

from __future__ import annotations

from tests.shipped.case import Case

CASE = Case(
    config="magpie",
    strict=("recipe.verify.call=tests.shipped.checks:hearsay", "recipe.samples=20", "recipe.answers=2", "recipe.answer_temperature=0.8"),
    rows=[{"lang": lang, **more} for lang in ("zh", "en") for more in ({}, {"domain": "maths"})],
    out_of_reach=(
        "数学问题.*user\n$|sums to proofs.*user\n$|^请像挑选.*有圆有缺|^Judge the instruction.*phases of|^讲一讲候鸟|^Tell me how birds"
        "|^下面是对同一个问题.*雷声|^Several answers.*why thunder"
    ),
    undrawn={"seed/no_system_turn": "of chat formats that have none"},
)
