"""Seed tasks as examples: each seed holds a few of them, drawn by chance, to continue or to imitate."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from stream_synth.errors import ConfigError
from stream_synth.sources.files import matching
from stream_synth.sources.rows import Row, Rows
from stream_synth.sources.several import kind_of
from stream_synth.text.language import language
from stream_synth.values import BadRow

Task = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Pool(Rows):
    """Draws from seed tasks: `examples` (a list of them) and `lang`, which all examples of a seed share.

    A task is `{id, name, instruction, instances: [{input, output}], is_classification}`; rows of instruction, input and output are
    read as tasks with one instance, and tasks of one instruction are joined. The tasks are held in memory.
    """

    path: str = field(metadata={"help": "file of seed tasks, or a pattern; JSONL, JSON, Parquet, CSV", "path": True})
    examples: int = field(default=8, metadata={"help": "tasks in a seed"})
    count: int | None = field(default=None, metadata={"help": "how many seeds; left out: endless, and the run needs a target or a max_*"})
    draw_seed: int = field(default=0, metadata={"help": "of the draws"})

    def __post_init__(self) -> None:
        """Refuse what could never work."""
        super().__post_init__()
        if self.examples < 1 or (self.count is not None and self.count < 1):
            raise ConfigError(f"source.examples is {self.examples} and source.count {self.count}: give at least 1")

    @property
    def endless(self) -> bool:
        """Without a count."""
        return self.count is None

    @property
    def unique_ids(self) -> bool:
        """They are numbers."""
        return not self.id

    @property
    def described(self) -> str:
        """The path."""
        return self.path

    def rows(self) -> Iterator[Row | BadRow]:
        """First what cannot be read, then one draw each, which depends on its number alone. A language is drawn by its share of tasks."""
        tasks: dict[str, Task] = {}
        for row in self._read():
            task = row if isinstance(row, BadRow) else as_task(row.columns, f"{row.source} {row.place}")
            if isinstance(task, BadRow):
                yield task
            elif task["instruction"] in tasks:
                tasks[task["instruction"]]["instances"] += task["instances"]
            else:
                tasks[task["instruction"]] = task
        groups: dict[str, list[Task]] = {}
        for task in tasks.values():
            groups.setdefault(language(task["instruction"]) or "en", []).append(task)
        groups = {lang: group for lang, group in groups.items() if len(group) >= self.examples}
        if not groups:
            raise ConfigError(f"{self.path} holds no {self.examples} seed tasks of one language; add some, or lower source.examples")
        for number in itertools.count(1) if self.count is None else range(1, self.count + 1):
            yield Row(self._drawn(groups, number), self.path.rpartition("/")[2], f"draw {number}", id=str(number))

    def _read(self) -> Iterator[Row | BadRow]:
        for path in matching(self.path):
            yield from kind_of(str(path))(path=str(path)).rows()

    def _drawn(self, groups: Mapping[str, list[Task]], number: int) -> dict[str, Any]:
        rng = Random(f"{self.draw_seed}:{number}")  # noqa: S311  # reproducible draws, no secrets
        lang = rng.choices(list(groups), [len(group) for group in groups.values()])[0]
        return {"lang": lang, "examples": rng.sample(groups[lang], self.examples)}


def as_task(columns: Mapping[str, Any], position: str) -> Task | BadRow:
    """A row in the form of a seed task."""
    instruction, instances = columns.get("instruction"), columns.get("instances")
    if not isinstance(instruction, str) or not instruction.strip():
        return BadRow(position, "no seed task: it has no instruction")
    if instances is None:
        instances = [{"input": columns.get("input"), "output": columns.get("output")}]
    if not isinstance(instances, list) or not all(isinstance(one, Mapping) for one in instances):
        return BadRow(position, "instances is no list of {input, output}")
    read = [{name: str(one.get(name) or "") for name in ("input", "output")} for one in instances]
    told = {"id": str(columns.get("id") or position), "name": str(columns.get("name") or "")}
    return {**told, "instruction": instruction.strip(), "instances": read, "is_classification": bool(columns.get("is_classification"))}
