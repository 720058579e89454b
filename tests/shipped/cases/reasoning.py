"""`configs/reasoning.yaml`."""

from __future__ import annotations

from stream_synth.recipes.reasoning import Reasoning
from tests.shipped.case import Case
from tests.shipped.seeds import UNFIT_QUESTIONS, questions

STRICT = (
    "recipe.verify.call=tests.shipped.checks:hearsay",
    "recipe.samples=4",
    "recipe.judge=true",
    "recipe.calculator=true",
    "recipe.require_thinking=true",
    "recipe.allow_code=false",
    "recipe.max_paragraph_chars=250",
    "endpoints.judge={base_url: '${SS_BASE_URL}', model: judge}",
)
REFINING = {
    reason: "of `refine`: r1_cold_start draws it" for reason in Reasoning.card.rejects if reason.startswith(("refine/", "summarise/"))
}
CASE = Case(
    config="reasoning",
    strict=(*STRICT, "recipe.keep=1"),
    rows=[*questions(), *UNFIT_QUESTIONS],
    out_of_reach=r"(正确|is correct).*(教会我认真|reaching the skin)",
    undrawn={"answer/call_failed": "of the second call of `think_by: two_step`", **REFINING},
)
