"""`configs/wizardcoder.yaml`."""

from __future__ import annotations

from dataclasses import replace

from tests.shipped.cases.evol_instruct import CASE as GENERAL

CASE = replace(
    GENERAL,
    config="wizardcoder",
    replies="evol_instruct",
    undrawn={
        **GENERAL.undrawn,
    },
)
