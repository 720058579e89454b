"""CSV and TSV files with a header line."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from stream_synth.errors import ConfigError
from stream_synth.sources.files import matching, opened
from stream_synth.sources.rows import Row, Rows
from stream_synth.values import BadRow

MAX_CELL_CHARS = 16 << 20  # a quote that never closes would else take the rest of the file for one cell


@dataclass(frozen=True, kw_only=True)
class Csv(Rows):
    """A header line, then rows; cells are text. Quoted cells may hold line breaks. `.gz` and `.zst` are read through."""

    path: str = field(metadata={"help": "file, or a pattern such as data/*.csv", "path": True})
    delimiter: str = field(default="", metadata={"help": "one character; default: a tab for .tsv, else a comma"})

    def __post_init__(self) -> None:
        """Refuse what could never work."""
        super().__post_init__()
        if len(self.delimiter) > 1:
            raise ConfigError(f"source.delimiter is {self.delimiter!r}; give one character")

    @property
    def described(self) -> str:
        """The path."""
        return self.path

    def rows(self) -> Iterator[Row | BadRow]:
        """Row by row."""
        csv.field_size_limit(MAX_CELL_CHARS)
        for path in matching(self.path):
            tabs = ".tsv" in path.suffixes
            yield from self._read(path, self.delimiter or ("\t" if tabs else ","))

    @staticmethod
    def _read(path: Path, delimiter: str) -> Iterator[Row | BadRow]:
        # A stray byte becomes a lone surrogate, which is found in the cell it is in and costs one row.
        with io.TextIOWrapper(opened(path), encoding="utf-8-sig", errors="surrogateescape", newline="") as text:
            reader = csv.reader(text, delimiter=delimiter, strict=True)
            header: list[str] | None = None
            while True:
                try:
                    cells = next(reader, None)
                except (csv.Error, EOFError, OSError) as error:
                    yield BadRow(f"{path.name} line {reader.line_num}", f"not valid CSV: {error}")
                    if isinstance(error, csv.Error):
                        continue
                    return
                if cells is None:
                    return
                if not cells:
                    continue
                if header is None:
                    header = cells
                    if len(set(header)) < len(header):
                        raise ConfigError(f"{path}: the header names a column twice: {', '.join(header)}")
                elif len(cells) == len(header):
                    yield Row(dict(zip(header, cells, strict=True)), path.name, f"line {reader.line_num}")
                else:
                    yield BadRow(f"{path.name} line {reader.line_num}", f"{len(cells)} cells where the header has {len(header)}")
