"""`configs/wizardmath.yaml`."""

from __future__ import annotations

from dataclasses import replace

from tests.shipped.cases.evol_instruct import CASE as GENERAL

CASE = replace(
    GENERAL,
    config="wizardmath",
    replies="evol_instruct",
    undrawn={
        **GENERAL.undrawn,
        "evolve/words_added": "of rounds that make problems harder",
    },
)
