"""`verify --replay`: a run directory's recipes once more, with the network cut."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import yaml

from stream_synth.assemble.build import read_seeds
from stream_synth.chat import Offline
from stream_synth.config import Config, load
from stream_synth.engine.replay import Replay, ReplayReport, fingerprints, replay
from stream_synth.errors import ConfigError
from stream_synth.journal import Journal
from stream_synth.observe.lock import RunLock
from stream_synth.values import Seed


async def replay_directory(directory: Path, config: Config | None = None) -> ReplayReport:
    """Replay every decided seed of a run that is not running now; `config` for runs made from Python objects."""
    path = directory / "config.yaml"
    if config is None:
        if not path.exists():
            raise ConfigError(f"{directory} is no run directory: it holds no config.yaml")
        config = load(yaml.safe_load(path.read_text(encoding="utf-8")))
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
