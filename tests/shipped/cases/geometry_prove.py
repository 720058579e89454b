"""`configs/geometry_prove.yaml`."""

from __future__ import annotations

from tests.shipped.case import Case
from tests.shipped.seeds import shipped

# Gauss's line: closure alone does not reach it, and nothing the replies add helps.
GAUSS = (
    "a b c = triangle; d = on_line a b; e = on_line a c; f = intersection_ll b e c d; g = midpoint a f; h = midpoint b c; "
    "i = midpoint d e ? coll g h i"
)
FALSE = "a b c = triangle; d = on_line b c ? perp a d b c"
MARKED = [GAUSS.replace("i = midpoint d e", f"i = midpoint d e; {mark} = midpoint a b") for mark in "jklmno"]
CASE = Case(
    config="geometry_prove",
    program="yuclid",
    strict=("recipe.verify.call=tests.shipped.checks:short_proof",),
    rows=[*shipped("geometry_problems"), *({"problem": one, "lang": lang} for one in (GAUSS, *MARKED, FALSE, "") for lang in ("zh", "en"))],
    out_of_reach="^(?:一个证明平面|A program that proves).* o = midpoint o a b",
    undrawn={"engine/ended": "no figure of this size takes that long", "draw/no_theorem": "without `prove` only"},
)
