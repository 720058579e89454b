"""`configs/course.yaml`: ten questions of `reasoning`, in Chinese."""

from __future__ import annotations

from dataclasses import replace

from tests.shipped.cases.reasoning import CASE as REASONING

CASE = replace(
    REASONING,
    config="course",
    replies="reasoning",
    languages=("zh",),
    strict=(*REASONING.strict, "run.limit=null", "source.fields={}", "recipe.answer_kind=auto", "recipe.suffix=auto"),
)
