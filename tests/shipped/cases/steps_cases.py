"""`configs/steps_cases.yaml`: rows fed into pools that later prompts draw from."""

from __future__ import annotations

from tests.shipped.case import Case

CASE = Case(config="steps_cases", undrawn=dict.fromkeys(("*", "seed/missing_value"), "unit tests"))
