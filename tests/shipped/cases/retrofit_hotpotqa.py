"""`configs/retrofit_hotpotqa.yaml`."""

from __future__ import annotations

from dataclasses import replace

from tests.shipped.cases.retrofit_coqa import CASE as COQA

JUDGE = "endpoints.judge={base_url: '${SS_BASE_URL}', model: judge}"
CASE = replace(COQA, config="retrofit_hotpotqa", strict=(*COQA.strict, "recipe.judge=true", JUDGE))
