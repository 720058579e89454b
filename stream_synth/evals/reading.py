"""Items of a benchmark from a file of rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stream_synth.errors import ConfigError
from stream_synth.gates.contamination import Item
from stream_synth.sources import REGISTRY, Rows
from stream_synth.values import BadRow

_KINDS = {".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "json", ".csv": "csv", ".tsv": "csv", ".parquet": "parquet"}


@dataclass(frozen=True, slots=True)
class Columns:
    """Where an item's texts stand: a column's name, or a template such as "{question} {context}"."""

    text: str
    rest: str = ""  # options or reference code: a column may hold a list of options
    id: str = ""  # else items are numbered from 0


def read_items(file: str, columns: Columns, *, split: str = "test") -> Iterator[Item]:
    """The items of a JSONL, JSON, CSV or Parquet file, or of a hub data set (`owner/name`). Rows without text are left out.

    Raises `ConfigError` for a file that cannot be read, a row that is broken, a column that is not there.
    """
    fields = {"text": _template(columns.text)}
    if columns.rest:
        fields["rest"] = _template(columns.rest)
    for number, seed in enumerate(_source(file, fields, columns.id, split).seeds()):
        if isinstance(seed, BadRow):
            raise ConfigError(f"{seed.position}: {seed.problem}")
        question = as_lines(seed.fields["text"])
        if question.strip():
            yield Item(seed.id or str(number), question, as_lines(seed.fields.get("rest", "")))


def as_lines(value: Any) -> str:  # noqa: ANN401  # any JSON value
    """Text of a column: one line for each entry of a list, or of the list under `text` (options of ARC and the like)."""
    if isinstance(value, Mapping):
        return as_lines(value["text"] if "text" in value else list(value.values()))
    if isinstance(value, list | tuple):
        return "\n".join(as_lines(one) for one in value)
    return "" if value is None else str(value)


def _template(expression: str) -> str:
    return expression if "{" in expression else f"{{{expression}}}"


def _source(file: str, fields: Mapping[str, str], identify: str, split: str) -> Rows:
    name = file.removesuffix(".gz").removesuffix(".zst")
    kind = _KINDS.get(Path(name).suffix.lower())
    if kind:
        return REGISTRY[kind](path=file, fields=fields, id=identify)  # type: ignore[call-arg]  # sources of files all take a path
    if Path(file).is_file():
        raise ConfigError(f"{file} is none of {', '.join(_KINDS)}")
    return REGISTRY["huggingface"](path=file, split=split, fields=fields, id=identify)  # type: ignore[call-arg]
