"""What an earlier run decided on, as seeds: every candidate it ever had, in the order in which it was judged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from stream_synth.errors import ConfigError
from stream_synth.journal import JournalReader
from stream_synth.journal.schema import FILE
from stream_synth.sources.rows import Row, Rows
from stream_synth.values import BadRow, Seed


@dataclass(frozen=True, kw_only=True)
class Decided(Rows):
    """Seeds of a run directory's journal with their candidates in field `decisions`; seeds that ended without one are left out.

    Ids and recipe labels are those of the run. The other options of sources have no meaning here.
    """

    path: str = field(metadata={"help": "a run directory", "path": True})

    @property
    def final_ids(self) -> bool:
        """Its ids are those of the run, passes and repeats told apart already."""
        return True

    @property
    def described(self) -> str:
        """The directory."""
        return self.path

    def rows(self) -> Iterator[Row | BadRow]:
        """One decided seed each."""
        for seed in self.seeds():
            if isinstance(seed, Seed):
                yield Row(seed.fields, self.path, f"seed {seed.id}", id=seed.id)

    def seeds(self) -> Iterator[Seed | BadRow]:
        """In order of decision. Raises `ConfigError` where there is no run."""
        if not (Path(self.path) / FILE).exists():
            raise ConfigError(f"{self.path} is no run directory: it holds no {FILE}")
        reader = JournalReader(Path(self.path))
        try:
            for ordinal, record in enumerate(reader.decisions()):
                if record.decisions:
                    parent = record.decisions[0].sample.parent_id or record.seed_id
                    decisions = [asdict(decision) for decision in record.decisions]
                    yield Seed(record.seed_id, {"decisions": decisions}, parent, ordinal=ordinal, recipe=record.recipe)
        finally:
            reader.close()
