"""Files of several kinds, one after the other, as one source."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from stream_synth.errors import ConfigError
from stream_synth.sources.columnar import Parquet
from stream_synth.sources.delimited import Csv
from stream_synth.sources.jsonl import Json, Jsonl
from stream_synth.sources.rows import Row, Rows
from stream_synth.values import BadRow

KINDS: dict[str, type[Json | Jsonl | Parquet | Csv]] = {
    ".jsonl": Jsonl,
    ".ndjson": Jsonl,
    ".json": Json,
    ".parquet": Parquet,
    ".csv": Csv,
    ".tsv": Csv,
}
_PACKED = frozenset({".gz", ".zst", ".zstd"})


@dataclass(frozen=True, kw_only=True)
class Files(Rows):
    """Rows of JSONL, JSON, Parquet, CSV and TSV files in the order of `paths`; what a file is tells its ending."""

    paths: Sequence[str] = field(metadata={"help": "files or patterns, read in this order"})

    def __post_init__(self) -> None:
        """Refuse what could never work."""
        super().__post_init__()
        if not self.paths:
            raise ConfigError("source.paths is empty: name at least one file")
        for path in self.paths:
            kind_of(path)

    @property
    def described(self) -> str:
        """The first path, and how many more."""
        return self.paths[0] + (f" and {len(self.paths) - 1} more" if len(self.paths) > 1 else "")

    def rows(self) -> Iterator[Row | BadRow]:
        """File by file. Files of one name in different folders are told apart by their number."""
        names = [Path(path).name for path in self.paths]
        for number, path in enumerate(self.paths, 1):
            mark = f"{number}:" if names.count(Path(path).name) > 1 else ""
            for row in kind_of(path)(path=path).rows():
                if isinstance(row, BadRow):
                    yield replace(row, position=mark + row.position)
                else:
                    yield replace(row, source=mark + row.source)


def kind_of(path: str) -> type[Json | Jsonl | Parquet | Csv]:
    """The reader of a file, by its ending, compression aside."""
    suffixes = [one.lower() for one in Path(path).suffixes]
    if suffixes and suffixes[-1] in _PACKED:
        suffixes.pop()
    if not suffixes or suffixes[-1] not in KINDS:
        raise ConfigError(f"{path}: its ending is none of {', '.join(KINDS)} (.gz and .zst may follow)")
    return KINDS[suffixes[-1]]
