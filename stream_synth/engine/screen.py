"""Gates on seeds, before the first call: what is refused here costs nothing.

The source is read from its beginning at every start, and the gates see every row of it again, finished seeds too: so they
remember after a restart what they remembered before, without a file.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from stream_synth.engine.bugs import Bugs
from stream_synth.protocols import Gate
from stream_synth.values import BadRow, Failure, Sample, Seed, Verdict

OUTCOME = "rejected_input"
CHUNK_SEEDS = 128  # measured together: large enough for array operations
CHUNK_S = 0.05  # a slow source hands over what it has
# Fields that hold what a seed is about, the first that is there; else every text but those that answer it.
_TEXTS = ("question", "prompt", "instruction", "problem", "text", "document", "context")
_ANSWERS = frozenset({"answer", "response", "output", "reference", "system", "lang", "id"})


@dataclass(frozen=True, slots=True)
class RefusedSeed:
    """A seed that a gate of its source rejected."""

    seed: Seed
    verdict: Verdict

    def failure(self) -> Failure:
        """For table `failures`: the gate, its reason and what it met."""
        verdict = self.verdict
        evidence = orjson.dumps(verdict.evidence, default=str).decode() if verdict.evidence else ""
        message = f"{verdict.reason} {evidence}".strip()
        return Failure(self.seed.id, self.seed.recipe, f"source:{verdict.gate}", OUTCOME, message)


@dataclass(slots=True)
class Screen:
    """The gates of one source. Later passes over a row fare as the first did; 100 bytes for each row refused where there are passes."""

    gates: Sequence[Gate]
    bugs: Bugs
    _refused: dict[str, Verdict] = field(default_factory=dict)  # by the id that all passes share

    def over(self, rows: Iterator[Seed | BadRow]) -> Iterator[Seed | BadRow | RefusedSeed]:
        """The rows in order; those that a gate rejects as `RefusedSeed`."""
        if not self.gates:
            yield from rows
            return
        for chunk in _chunks(rows):
            verdicts = self._judged([row for row in chunk if isinstance(row, Seed) and not row.pass_index])
            for row in chunk:
                verdict = None if isinstance(row, BadRow) else verdicts.get(row.id) or self._refused.get(_shared(row))
                yield row if verdict is None or isinstance(row, BadRow) else RefusedSeed(row, verdict)

    def _judged(self, seeds: Sequence[Seed]) -> dict[str, Verdict]:
        """What rejected which seed."""
        samples = [sample_of(seed) for seed in seeds]
        measured = [self._measured(gate, samples) for gate in self.gates]
        lost: dict[str, Verdict] = {}
        for gate, findings in zip(self.gates, measured, strict=True):
            sound = [(s, f) for s, f in zip(samples, findings, strict=True) if not isinstance(f, _Broken) and s.id not in lost]
            found = gate.look([sample for sample, _ in sound], [finding for _, finding in sound]) if sound else ()
            lost |= {sample.id: verdict for (sample, _), verdict in zip(sound, found, strict=True) if verdict and not verdict.passed}
        for place, (seed, sample) in enumerate(zip(seeds, samples, strict=True)):
            verdict = lost.get(sample.id) or self._admitted(sample, [findings[place] for findings in measured])
            if verdict is not None:
                lost[sample.id] = self._refused[_shared(seed)] = verdict
        return lost

    def _admitted(self, sample: Sample, findings: Sequence[Any]) -> Verdict | None:
        """The verdict that rejects it; None for a seed that every gate passed and now remembers."""
        sound = [(gate, finding) for gate, finding in zip(self.gates, findings, strict=True) if not isinstance(finding, _Broken)]
        for gate, finding in sound:
            verdict = gate.admit(sample, finding)
            if not verdict.passed:
                return verdict
        for gate, finding in sound:
            gate.remember(sample, finding)
        return None

    def _measured(self, gate: Gate, samples: Sequence[Sample]) -> Sequence[Any]:
        """A row that breaks the gate is counted as a bug and passes it: the gates on what comes of the seed will see it again."""
        if not samples:
            return []
        with self.bugs.guard("", "", f"source:{gate.name}", counted=False) as whole:
            found = gate.measure(samples)
        return found if whole.failure is None else [self._measured_one(gate, sample) for sample in samples]

    def _measured_one(self, gate: Gate, sample: Sample) -> Any:  # noqa: ANN401  # opaque to everyone but the gate
        with self.bugs.guard(sample.seed_id, sample.recipe, f"source:{gate.name}"):
            return gate.measure([sample])[0]
        return _Broken()


class _Broken:
    """In place of what a gate could not measure."""


def sample_of(seed: Seed) -> Sample:
    """The seed as gates read it: its text stands where a response would, because that is what rules look at."""
    text = text_of(seed)
    return Sample("", text, id=seed.id, seed_id=seed.id, parent_id=_shared(seed), recipe=seed.recipe, dedup_on="response")


def text_of(seed: Seed) -> str:
    """What the seed is about: the user's turns, or the first of the fields that usually hold it, or all its texts."""
    fields = seed.fields
    turns = fields.get("messages")
    if isinstance(turns, list):
        said = [str(turn.get("content", turn.get("value", ""))) for turn in turns if isinstance(turn, dict) and _is_user(turn)]
        return "\n".join(said)
    main = next((fields[name] for name in _TEXTS if isinstance(fields.get(name), str) and fields[name].strip()), None)
    return main or "\n".join(value for name, value in fields.items() if isinstance(value, str) and name not in _ANSWERS)


def _is_user(turn: dict[str, Any]) -> bool:
    return turn.get("role", turn.get("from")) in {"user", "human"}


def _shared(seed: Seed) -> str:
    return seed.parent_id or seed.id


def _chunks(rows: Iterator[Seed | BadRow]) -> Iterator[list[Seed | BadRow]]:
    chunk: list[Seed | BadRow] = []
    started = time.monotonic()
    for row in rows:
        chunk.append(row)
        if len(chunk) >= CHUNK_SEEDS or time.monotonic() - started > CHUNK_S:
            yield chunk
            chunk, started = [], time.monotonic()
    if chunk:
        yield chunk
