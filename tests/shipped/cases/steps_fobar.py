"""`configs/steps_fobar.yaml`: `metamath` written in YAML."""

from __future__ import annotations

from tests.shipped.case import Case

CASE = Case(config="steps_fobar", replies="metamath", undrawn=dict.fromkeys(("*", "seed/missing_value"), "unit tests"))
