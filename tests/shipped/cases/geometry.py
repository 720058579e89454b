"""`configs/geometry.yaml`."""

from __future__ import annotations

from tests.shipped.case import Case

BROKEN = ("truncated", "refused", "empty", "tag_damage", "call_failed", "unreadable")
CASE = Case(
    config="geometry",
    program="yuclid",
    calls=False,
    strict=("source.count=16",),
    undrawn={
        "engine/ended": "no figure of this size takes that long",
        "verify/failed": "drawn by geometry_prove",
        **dict.fromkeys(("seed/no_problem", "prove/open", *(f"construct/{why}" for why in BROKEN)), "with `prove` only"),
    },
)
