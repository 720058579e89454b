"""Rows from elsewhere that new ones may not repeat: other run directories, real data files."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Protocol

from stream_synth.errors import ConfigError
from stream_synth.values import DedupOn, Sample

_BATCH = 1024
_DATABASE = "data.duckdb"
_READERS = {".jsonl": "read_json_auto", ".json": "read_json_auto", ".parquet": "read_parquet", ".csv": "read_csv", ".tsv": "read_csv"}
# Column names under which data sets keep the two sides, the first that is there; `messages` and `conversations` are read as dialogues.
_PROMPTS = ("prompt", "instruction", "question", "problem", "query")
_RESPONSES = ("response", "output", "answer", "solution", "completion", "text", "content")
_DIALOGUES = ("messages", "conversations")
_KINDS: tuple[DedupOn, ...] = ("both", "prompt", "response")


def checked(paths: tuple[str, ...], gate: str) -> None:
    """Raise ConfigError for a path that is neither a run directory nor a data file."""
    for path in map(Path, paths):
        if not (path / _DATABASE).exists() and not (path.is_file() and path.suffix in _READERS):
            raise ConfigError(f"{gate}.against: {path} is no run directory and no file ending in {', '.join(_READERS)}")


def rows_elsewhere(path: str) -> Iterator[list[Sample]]:
    """Its rows in batches. ConfigError when it cannot be read.

    Ids are `PATH#number` for a file, `PATH/id` for a run; none has a parent. A run's rows keep their `dedup_on`; of a
    file, which does not say, each row stands for its prompt, for its response and for both.
    """
    import duckdb  # noqa: PLC0415  # 60 ms that only users of `against` should pay

    database = Path(path) / _DATABASE
    try:
        with closing(duckdb.connect(str(database), read_only=True) if database.exists() else duckdb.connect()) as connection:
            if database.exists():
                connection.execute("SELECT id, prompt, response, reasoning, dedup_on, meta->>'instruction' FROM samples ORDER BY seq")
                while batch := connection.fetchmany(_BATCH):
                    yield [
                        Sample(row[1], row[2], reasoning=row[3] or "", dedup_on=row[4], id=f"{path}/{row[0]}", meta=_told_apart(row[5]))
                        for row in batch
                    ]
                return
            connection.execute(f"SELECT * FROM {_READERS[Path(path).suffix]}(?)", [path])  # noqa: S608  # from the table above
            names, number = [column[0] for column in connection.description or ()], 0
            while batch := connection.fetchmany(_BATCH):
                rows = [dict(zip(names, row, strict=True)) for row in batch]
                yield [sample for place, row in enumerate(rows, number + 1) for sample in _standing_for(f"{path}#{place}", row)]
                number += len(batch)
    except duckdb.Error as error:
        reason = next(iter(str(error).splitlines()), type(error).__name__)
        raise ConfigError(f"against: {path} cannot be read: {reason}; a run must have ended first") from error


class Elsewhere:
    """What a gate remembers before its first row: everything in `paths`, read once, when the first row is looked at or recalled."""

    def __init__(self, paths: tuple[str, ...], gate: str) -> None:
        checked(paths, gate)
        self._waiting = list(paths)

    def remembered_by(self, gate: Remembering) -> None:
        """Let the gate remember what it has not yet; from its cache where that holds it."""
        while self._waiting:
            path = self._waiting.pop(0)
            for batch in rows_elsewhere(path):
                if not gate.bring_back(batch):
                    for sample, measured in zip(batch, gate.measure(batch), strict=True):
                        gate.keep(sample, measured)


class Remembering(Protocol):
    """The part of a gate that `against` needs."""

    def measure(self, batch: Sequence[Sample]) -> Sequence[Any]:
        """See `protocols.Gate`."""
        ...

    def bring_back(self, batch: Sequence[Sample]) -> bool:
        """Remember rows from the gate's cache; False when it does not hold them all."""
        ...

    def keep(self, sample: Sample, measured: Any) -> None:  # noqa: ANN401  # opaque to everyone but the gate
        """Remember one row."""
        ...


def _standing_for(name: str, row: Mapping[str, Any]) -> list[Sample]:
    (prompt, response), meta = _sides(row), _told_apart(row.get("instruction"))
    there = {"both": bool(prompt and response), "prompt": bool(prompt), "response": bool(response)}
    return [Sample(prompt, response, dedup_on=kind, id=name, meta=meta) for kind in _KINDS if there[kind]]


def _told_apart(instruction: object) -> dict[str, str]:
    """The instruction without its input, for gates that compare instructions."""
    return {"instruction": str(instruction)} if instruction else {}


def _sides(row: Mapping[str, Any]) -> tuple[str, str]:
    """The prompt and the response of a row, however its data set names them."""
    for name in _DIALOGUES:
        if row.get(name):
            turns = json.loads(row[name]) if isinstance(row[name], str) else row[name]
            said = [str(turn.get("content") or turn.get("value") or "") for turn in turns if isinstance(turn, Mapping)]
            return "\n".join(said[:-1]), said[-1] if said else ""
    prompt = next((str(row[name]) for name in _PROMPTS if row.get(name)), "")
    context = f"\n{row['input']}" if row.get("input") else ""
    return prompt + context, next((str(row[name]) for name in _RESPONSES if row.get(name)), "")
