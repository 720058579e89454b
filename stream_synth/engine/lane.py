"""The funnel: batches are looked over together, then admitted one at a time, in order.

Everything here is synchronous and runs in one thread, off the event loop; only `consult` awaits, and it runs on the loop
between `look_over` and `settle`. The result equals judging one row after another.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from stream_synth.engine.bugs import Bugs
from stream_synth.engine.expand import Candidate, Expansion
from stream_synth.engine.target import Target
from stream_synth.protocols import Chat, Gate
from stream_synth.values import Decision, Failure, Rejected, Sample, SeedRecord, Verdict

SURPLUS = Verdict("target", passed=False, reason="surplus")


@dataclass(slots=True)
class Trial:
    """One candidate on its way through the chain."""

    sample: Sample
    measured: list[Any] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)
    failure: Failure | None = None

    @property
    def lost(self) -> bool:
        """A gate has rejected it."""
        return bool(self.verdicts) and not self.verdicts[-1].passed


@dataclass(slots=True)
class Pending:
    """One expanded seed with the trials of its candidates."""

    expansion: Expansion
    trials: list[Trial]


class Lane:
    """Judges candidates against the chain of their recipe and numbers the decisions."""

    def __init__(self, chains: Mapping[str, tuple[Gate, ...]], target: Target, bugs: Bugs, last_seq: int) -> None:
        self._chains = chains
        self._target = target
        self._bugs = bugs
        self._seq = last_seq

    def consults(self, recipe: str) -> bool:
        """Some gate of this recipe's chain asks a model."""
        return any(getattr(gate, "consults", False) for gate in self._chains.get(recipe, ()))

    def look_over(self, batch: Sequence[Expansion]) -> list[Pending]:
        """Measure and look, gate by gate, over everything in the batch that no earlier gate rejected."""
        pending = [Pending(one, [Trial(c) for c in one.candidates if isinstance(c, Sample)]) for one in batch]
        for chain, trials in self._by_chain(pending):
            for gate in chain:
                self._look(gate, [trial for trial in trials if not trial.lost])
        return pending

    async def consult(self, pending: Pending, chat: Chat) -> None:
        """Ask the scorers that cost a call about what is still standing."""
        for trial in pending.trials:
            for gate in self._chains[trial.sample.recipe]:
                if trial.lost or not getattr(gate, "consults", False):
                    continue
                verdict = await gate.consult(trial.sample, chat)
                if verdict is not None:
                    trial.verdicts.append(verdict)

    def settle(self, batch: Sequence[Pending], at: float, *, look_again: bool = False) -> list[SeedRecord]:
        """Admit one at a time and remember what passed. `look_again` when rows may have been remembered since the look."""
        if look_again:
            for chain, trials in self._by_chain(batch):
                for place, gate in enumerate(chain):
                    standing = [trial for trial in trials if not trial.lost]
                    self._file(standing, gate.look([t.sample for t in standing], [t.measured[place] for t in standing]))
        return [self._record(pending, at) for pending in batch]

    def promote(self, ids: Sequence[str], at: float) -> SeedRecord:
        """A record that turns earlier surplus rows into accepted ones."""
        self._seq += 1
        return SeedRecord(self._seq, "", "", "promoted", at=at, promoted=tuple(ids))

    def restore(self, accepted: Iterable[Sequence[Sample]]) -> None:
        """Bring the gates' memory back from rows that passed everything earlier."""
        for rows in accepted:
            for recipe in {row.recipe for row in rows}:
                mine = [row for row in rows if row.recipe == recipe]
                for gate in self._chains.get(recipe, ()):
                    if not getattr(gate, "remembers", True) or _recalled(gate, mine):
                        continue
                    for sample, measured in zip(mine, gate.measure(mine), strict=True):
                        gate.remember(sample, measured)

    def close(self) -> None:
        """Let every gate release its files."""
        for gate in {id(gate): gate for chain in self._chains.values() for gate in chain}.values():
            gate.close()

    def _by_chain(self, batch: Sequence[Pending]) -> Iterable[tuple[tuple[Gate, ...], list[Trial]]]:
        groups: dict[str, list[Trial]] = {}
        for pending in batch:
            groups.setdefault(pending.expansion.seed.recipe, []).extend(pending.trials)
        for recipe, trials in groups.items():
            yield self._chains.get(recipe, ()), trials

    def _look(self, gate: Gate, standing: list[Trial]) -> None:
        if not standing:
            return
        samples = [trial.sample for trial in standing]
        with self._bugs.guard("", "", f"gate:{gate.name}", counted=False) as whole:
            measured = gate.measure(samples)
        if whole.failure is not None:
            measured = [self._measure_one(gate, trial) for trial in standing]
        for trial, finding in zip(standing, measured, strict=True):
            trial.measured.append(finding)
        sound = [(trial, finding) for trial, finding in zip(standing, measured, strict=True) if trial.failure is None]
        trials = [trial for trial, _ in sound]
        self._file(trials, gate.look([trial.sample for trial in trials], [finding for _, finding in sound]))

    def _measure_one(self, gate: Gate, trial: Trial) -> Any:  # noqa: ANN401  # opaque to everyone but the gate
        """The batch raised: find the row that did it, and let it alone pay."""
        with self._bugs.guard(trial.sample.seed_id, trial.sample.recipe, f"gate:{gate.name}") as row:
            return gate.measure([trial.sample])[0]
        trial.failure = row.failure
        trial.verdicts.append(Verdict(gate.name, passed=False, reason="bug", evidence={"step": f"gate:{gate.name}"}))
        return None

    @staticmethod
    def _file(trials: Sequence[Trial], verdicts: Sequence[Verdict | None]) -> None:
        for trial, verdict in zip(trials, verdicts, strict=True):
            if verdict is not None:
                trial.verdicts.append(verdict)

    def _record(self, pending: Pending, at: float) -> SeedRecord:
        expansion = pending.expansion
        trials = iter(pending.trials)
        decisions = tuple(self._decide(candidate, trials) for candidate in expansion.candidates)
        failure = expansion.failure or next((trial.failure for trial in pending.trials if trial.failure), None)
        self._seq += 1
        self._target.judged_seeds += 1
        return SeedRecord(self._seq, expansion.seed.id, expansion.seed.recipe, expansion.outcome, decisions, failure, at)

    def _decide(self, candidate: Candidate, trials: Iterable[Trial]) -> Decision:
        if isinstance(candidate, Rejected):
            gate = f"recipe:{candidate.step}"
            verdict = Verdict(gate, passed=False, reason=candidate.reason, score=candidate.score, evidence=candidate.evidence)
            return Decision(candidate.sample, (verdict,), gate, candidate.reason, candidate.evidence)
        trial = next(iter(trials))
        if not trial.lost:
            self._admit(trial)
        sample, verdicts = _marked(_scored(trial), trial.verdicts), tuple(trial.verdicts)
        if not trial.lost:
            self._target.count(sample)
            return Decision(sample, verdicts)
        last = verdicts[-1]
        return Decision(sample, verdicts, last.gate, last.reason, last.evidence)

    def _admit(self, trial: Trial) -> None:
        chain = self._chains.get(trial.sample.recipe, ())
        for gate, measured in zip(chain, trial.measured, strict=True):
            trial.verdicts.append(gate.admit(trial.sample, measured))
            if trial.lost:
                return
        # A surplus row passed everything: it is first in line when the target is raised, so it is remembered like an accepted one.
        for gate, measured in zip(chain, trial.measured, strict=True):
            gate.remember(trial.sample, measured)
        if self._target.reached:
            trial.verdicts.append(SURPLUS)


def _recalled(gate: Gate, rows: Sequence[Sample]) -> bool:
    """The gate has these rows from a cache of its own: they need not be measured again."""
    recall = getattr(gate, "recall", None)
    return recall is not None and bool(recall(rows))


def _marked(sample: Sample, verdicts: Sequence[Verdict]) -> Sample:
    """The sample with what passing verdicts say of it in `evidence["meta"]`."""
    marks = {key: value for verdict in verdicts if verdict.passed for key, value in verdict.evidence.get("meta", {}).items()}
    return replace(sample, meta={**sample.meta, **marks}) if marks else sample


def _scored(trial: Trial) -> Sample:
    """The sample with the score that the last scoring gate gave it."""
    for verdict in reversed(trial.verdicts):
        if verdict.scorer and verdict.score is not None:
            return replace(trial.sample, score=verdict.score)
    return trial.sample
