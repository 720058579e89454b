"""Runs every recipe again with the network cut: what comes out must be what was decided on."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields
from hashlib import blake2b

import orjson

from stream_synth.engine.ask import Notes, SeedAsk, SeedTools
from stream_synth.engine.bugs import Bugs
from stream_synth.engine.expand import Candidate, expand
from stream_synth.engine.room import Room
from stream_synth.errors import StreamSynthError
from stream_synth.protocols import Chat, Recipe
from stream_synth.values import Decision, Rejected, Sample, Seed, SeedRecord, changed

SHOWN_DIFFERENCES = 20
# id first, and unique: it alone orders the candidates
CONTENT_FIELDS = ("id", *(field.name for field in fields(Sample) if field.name not in {"id", "created_at", "score"}))


@dataclass(slots=True)
class ReplayReport:
    """What a replay found. `same` when every decided seed gave the same candidates again."""

    seeds: int = 0
    candidates: int = 0
    different: list[str] = field(default_factory=list)  # seed id and what differs, the first few
    different_count: int = 0
    missing_count: int = 0  # decided seeds that the source does not hold any more

    @property
    def same(self) -> bool:
        """Nothing differs and nothing is missing."""
        return not self.different_count and not self.missing_count

    def differs(self, seed_id: str, what: str) -> None:
        """One seed gave something else."""
        self.different_count += 1
        if len(self.different) < SHOWN_DIFFERENCES:
            self.different.append(f"{seed_id}: {what}")


@dataclass(frozen=True, slots=True)
class Replay:
    """One method's part of a replay."""

    recipe: Recipe
    seeds: Iterator[Seed]
    chat: Chat
    notes: Notes
    run_seed: int


def fingerprints(records: Iterator[SeedRecord]) -> dict[str, tuple[bytes, int]]:
    """Seed id to (digest of its candidates, how many): about 200 bytes a seed."""
    kept: dict[str, tuple[bytes, int]] = {}
    for record in records:
        if record.outcome in {"done", "failed"}:
            kept[record.seed_id] = (_digest([_decided(decision) for decision in record.decisions]), len(record.decisions))
    return kept


async def replay(part: Replay, decided: dict[str, tuple[bytes, int]], report: ReplayReport) -> None:
    """Expand every decided seed of this method offline; found seeds are taken out of `decided`."""
    room = Room(1, None)
    for seed in part.seeds:
        if seed.id not in decided:
            continue
        digest, _ = decided.pop(seed.id)
        ask = SeedAsk(seed, part.chat, room.enter(), part.run_seed)
        tools = SeedTools(seed, part.notes, part.run_seed, offline=True)
        report.seeds += 1
        try:
            again = await expand(seed, part.recipe, ask, tools, Bugs(limit=1 << 60), time.time)
        except StreamSynthError as error:
            report.differs(seed.id, str(error))
            continue
        report.candidates += len(again.candidates)
        if _digest([_yielded(candidate) for candidate in again.candidates]) != digest:
            report.differs(seed.id, f"{len(again.candidates)} candidates, not the ones that were decided on")


def _decided(decision: Decision) -> tuple[Sample, str]:
    step = decision.gate if decision.gate.startswith("recipe:") else ""
    marks = {key for verdict in decision.verdicts if verdict.passed for key in verdict.evidence.get("meta", {})}
    meta = {key: value for key, value in decision.sample.meta.items() if key not in marks}
    return changed(decision.sample, meta=meta), f"{step} {decision.reason}" if step else ""


def _yielded(candidate: Candidate) -> tuple[Sample, str]:
    if isinstance(candidate, Rejected):
        return candidate.sample, f"recipe:{candidate.step} {candidate.reason}"
    return candidate, ""


def _digest(candidates: Sequence[tuple[Sample, str]]) -> bytes:
    """Over everything but the clock and the score that a gate adds later; the marks of gates are gone already."""
    content = sorted(([getattr(sample, name) for name in CONTENT_FIELDS], said) for sample, said in candidates)
    return blake2b(orjson.dumps(content, option=orjson.OPT_SORT_KEYS, default=dict), digest_size=16).digest()
