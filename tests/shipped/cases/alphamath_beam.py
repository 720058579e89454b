"""`configs/alphamath_beam.yaml`."""

from __future__ import annotations

from dataclasses import replace

from tests.shipped.cases.alphamath import CASE as MCTS
from tests.shipped.cases.mathcoder import CALCULATOR

SERVED = ("recipe.process_reward=true", "endpoints.process_reward={base_url: '${SS_BASE_URL}', model: prm}")
CASE = replace(
    MCTS,
    config="alphamath_beam",
    replies="alphamath",
    strict=(*MCTS.strict, *SERVED),
    out_of_reach=f"{MCTS.out_of_reach}|^先算读了多少页.*<extra_0>|^What is saved.*<extra_0>",
    undrawn=CALCULATOR,
)
