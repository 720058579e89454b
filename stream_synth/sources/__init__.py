"""Where seeds come from: files, queries, documents, hub data sets, grids of axes, programs, Python.

A source is a frozen dataclass whose fields are its options. All are read lazily, in one reader thread, with bounded memory.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stream_synth.errors import ConfigError
from stream_synth.sources.columnar import Parquet, Sql
from stream_synth.sources.decided import Decided
from stream_synth.sources.delimited import Csv
from stream_synth.sources.documents import Documents
from stream_synth.sources.domains import Domains
from stream_synth.sources.grid import Grid
from stream_synth.sources.huggingface import HuggingFace
from stream_synth.sources.identity import SeedSource, identified
from stream_synth.sources.jsonl import Json, Jsonl
from stream_synth.sources.made import FromCallable, Memory, Program
from stream_synth.sources.packed import Packed
from stream_synth.sources.pool import Pool
from stream_synth.sources.rows import Rows
from stream_synth.sources.several import Files

REGISTRY: dict[str, type[Rows]] = {
    "jsonl": Jsonl,
    "json": Json,
    "parquet": Parquet,
    "csv": Csv,
    "sql": Sql,
    "huggingface": HuggingFace,
    "documents": Documents,
    "files": Files,
    "decided": Decided,
    "grid": Grid,
    "packed": Packed,
    "pool": Pool,
    "domains": Domains,
    "program": Program,
    "blank": Program,  # the same by the name that methods without seeds use
}


def made_source(given: Mapping[str, Any]) -> Rows:
    """A source inside another one, from its options as configured. Raises `ConfigError` for an unknown kind or option."""
    kind = REGISTRY.get(str(given.get("kind")))
    if kind is None:
        raise ConfigError(f"source.kind {given.get('kind')!r} is none of {', '.join(REGISTRY)}")
    try:
        return kind(**{name: value for name, value in given.items() if name != "kind"})
    except TypeError as error:
        raise ConfigError(str(error)) from error


__all__ = ["REGISTRY", "Decided", "Files", "FromCallable", "Memory", "Rows", "SeedSource", "identified", "made_source"]
