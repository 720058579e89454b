"""Files that appear whole or not at all: written beside their place, moved there at the end."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Protocol

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from stream_synth.export.formats import Inexpressible
from stream_synth.values import Json

# Legal raw in JSON, but readers that split lines by Unicode rules would cut a row in two at them.
LINE_BREAKS = ((b"\xe2\x80\xa8", b"\\u2028"), (b"\xe2\x80\xa9", b"\\u2029"), (b"\xc2\x85", b"\\u0085"))


class Writer(Protocol):
    """Takes rows, batch after batch."""

    def write(self, rows: Sequence[Json]) -> None:
        """Append these rows."""
        ...

    def close(self) -> None:
        """End the file."""
        ...


def json_line(row: Json) -> bytes:
    """One row as JSON in real Unicode, on one line whatever the reader takes for a line break."""
    line = orjson.dumps(row)
    for raw, escaped in LINE_BREAKS:
        line = line.replace(raw, escaped)
    return line


class Jsonl:
    """One object a line."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        del schema
        self._file = path.open("wb")

    def write(self, rows: Sequence[Json]) -> None:
        """Append these rows."""
        self._file.write(b"".join(json_line(row) + b"\n" for row in rows))

    def close(self) -> None:
        """End the file."""
        self._file.close()


class JsonArray:
    """One array of objects, an object a line."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        del schema
        self._file = path.open("wb")
        self._before = b"[\n"

    def write(self, rows: Sequence[Json]) -> None:
        """Append these rows."""
        for row in rows:
            self._file.write(self._before + json_line(row))
            self._before = b",\n"

    def close(self) -> None:
        """End the file."""
        self._file.write(b"[]\n" if self._before == b"[\n" else b"\n]\n")
        self._file.close()


class Parquet:
    """Zstandard-compressed Parquet, a row group a batch."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._schema = schema
        self._writer = pq.ParquetWriter(path, schema, compression="zstd")

    def write(self, rows: Sequence[Json]) -> None:
        """Append these rows."""
        if rows:
            self._writer.write_table(pa.Table.from_pylist(rows, schema=self._schema))

    def close(self) -> None:
        """End the file."""
        self._writer.close()


WRITERS: dict[str, Any] = {".jsonl": Jsonl, ".json": JsonArray, ".parquet": Parquet}


def fits_columns(row: Json, schema: pa.Schema) -> None:
    """Raise `Inexpressible` where fixed columns would lose a part of the row."""
    if extra := row.keys() - set(schema.names):
        raise Inexpressible(f"{', '.join(sorted(extra))} in Parquet (use .jsonl)")
    for field in schema:
        if pa.types.is_list(field.type) and pa.types.is_struct(field.type.value_type):
            keys = {field.type.value_type.field(n).name for n in range(field.type.value_type.num_fields)}
            if any(turn.keys() - keys for turn in row[field.name]):
                raise Inexpressible("tool calls in Parquet (use .jsonl)")


@contextmanager
def writers(files: Mapping[str, Path], schema: pa.Schema) -> Iterator[dict[str, Writer]]:
    """A writer for each split. All files appear when the block ends well; an error leaves none of them behind."""
    unfinished = {name: path.with_name(f".{path.name}.{os.getpid()}.part") for name, path in files.items()}
    for path in files.values():
        path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with ExitStack() as stack:
            opened: dict[str, Writer] = {}
            for name, path in files.items():
                opened[name] = WRITERS[path.suffix](unfinished[name], schema)
                stack.callback(opened[name].close)
            yield opened
        for name, path in files.items():
            unfinished[name].replace(path)
    finally:
        for path in unfinished.values():
            path.unlink(missing_ok=True)
