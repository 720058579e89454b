"""`configs/think_by.yaml`: accepted rows by each of the three ways."""

from __future__ import annotations

from stream_synth.recipes.reasoning import Reasoning
from tests.shipped.case import Case

CASE = Case(config="think_by", undrawn=dict.fromkeys(Reasoning.card.rejects, "reasoning and r1_cold_start draw it"))
