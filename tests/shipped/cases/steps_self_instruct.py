"""`configs/steps_self_instruct.yaml`: `self_instruct` written in YAML."""

from __future__ import annotations

from tests.shipped.case import Case

CASE = Case(
    config="steps_self_instruct",
    replies="self_instruct",
    undrawn=dict.fromkeys(("*", "seed/missing_value"), "unit tests"),
)
