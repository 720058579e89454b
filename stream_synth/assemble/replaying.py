"""`verify --replay`: a run directory's recipes once more, with the network cut."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from stream_synth.assemble.build import read_seeds
from stream_synth.chat import Offline
from stream_synth.engine.replay import Replay, ReplayReport, fingerprints, replay
from stream_synth.engine.settings import Config
from stream_synth.journal import Journal
from stream_synth.observe.lock import RunLock
from stream_synth.values import Seed


async def replay_directory(directory: Path, config: Config) -> ReplayReport:
    """Replay every decided seed of a run that was made with `config` and is not running now."""
    report = ReplayReport()
    with RunLock(directory):
        journal = Journal.open(directory)
        try:
            decided = fingerprints(journal.decisions())
            for spec in config.recipes:
                seeds = (_labelled(row, spec.label) for row in read_seeds(config, spec) if isinstance(row, Seed))
                part = Replay(spec.recipe, seeds, Offline(config.endpoints, journal), journal, config.run.seed)
                await replay(part, decided, report)
        finally:
            journal.close()
    report.missing_count = len(decided)
    return report


def _labelled(seed: Seed, label: str) -> Seed:
    return replace(seed, recipe=label)
