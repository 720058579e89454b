"""Candidates of an earlier run once more, as they were before any gate looked at them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

from stream_synth.protocols import Ask, Tools
from stream_synth.recipes.shared.card import CardFile
from stream_synth.values import Rejected, Sample, Seed

OWN_CHECK = "recipe:"  # what a recipe itself found wanting stays so: no gate is asked about it


@dataclass(frozen=True, kw_only=True)
class Regated:
    """Yields what the source `decided` holds, ids and times included; no model is asked."""

    name = "regated"
    card = CardFile()
    keeps_identity = True  # its candidates carry the id, time and origin of the run that made them

    async def expand(self, seed: Seed, ask: Ask, tools: Tools) -> AsyncIterator[Sample | Rejected]:
        """Every candidate of the seed."""
        del ask, tools
        for decision in seed.fields["decisions"]:
            yield candidate_of(decision)


def candidate_of(decision: Mapping[str, Any]) -> Sample | Rejected:
    """The candidate as its recipe yielded it: a score that a gate gave is taken off."""
    fields = dict(decision["sample"])
    fields |= {name: tuple(fields[name]) for name in ("messages", "tools")}
    verdicts = decision["verdicts"]
    if any(verdict["scorer"] and verdict["score"] == fields["score"] for verdict in verdicts):
        fields["score"] = None
    sample = Sample(**fields)
    if not decision["gate"].startswith(OWN_CHECK):
        return sample
    step = decision["gate"].removeprefix(OWN_CHECK)
    return Rejected(sample, step, decision["reason"], verdicts[-1]["score"] if verdicts else None, decision["evidence"])
