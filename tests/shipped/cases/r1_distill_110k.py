"""`configs/r1_distill_110k.yaml`."""

from __future__ import annotations

from dataclasses import replace

from tests.shipped.cases.reasoning import CASE as REASONING

# Its own replies are matched by the question: the last message is the thinking that was opened.
CASE = replace(
    REASONING, config="r1_distill_110k", replies="reasoning", strict=(*REASONING.strict, "source.fields={}", "recipe.open_thinking=false")
)
