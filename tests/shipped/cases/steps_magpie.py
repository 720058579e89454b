"""`configs/steps_magpie.yaml`: `magpie` written in YAML."""

from __future__ import annotations

from tests.shipped.case import Case

CASE = Case(config="steps_magpie", replies="magpie", undrawn=dict.fromkeys(("*", "seed/missing_value"), "unit tests"))
