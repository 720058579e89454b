"""Parquet files, and queries over whatever DuckDB reads. Both come in Arrow batches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field

from stream_synth.errors import ConfigError, RunError
from stream_synth.sources.files import matching
from stream_synth.sources.rows import Row, Rows
from stream_synth.values import BadRow

BATCH_ROWS = 256  # held at once; documents may be long


@dataclass(frozen=True, kw_only=True)
class Parquet(Rows):
    """Parquet files, read batch by batch."""

    path: str = field(metadata={"help": "file, or a pattern such as data/*.parquet", "path": True})

    @property
    def described(self) -> str:
        """The path."""
        return self.path

    def rows(self) -> Iterator[Row | BadRow]:
        """Batch by batch, row by row."""
        import pyarrow as pa  # noqa: PLC0415  # only for those who have such files
        import pyarrow.parquet as pq  # noqa: PLC0415

        for path in matching(self.path):
            number = 0
            try:
                with pq.ParquetFile(path) as file:
                    for batch in file.iter_batches(batch_size=BATCH_ROWS):
                        for columns in batch.to_pylist():
                            number += 1
                            yield Row(columns, path.name, f"row {number}")
            except (pa.ArrowException, OSError) as error:
                if number == 0:
                    raise ConfigError(f"source.path {path} cannot be read as Parquet: {_first_line(error)}") from error
                yield BadRow(f"{path.name} after row {number}", f"cannot be read from here on: {_first_line(error)}")


@dataclass(frozen=True, kw_only=True)
class Sql(Rows):
    """One query over files or databases that DuckDB reads. Without ORDER BY its order may vary; ids do not depend on it."""

    query: str = field(metadata={"help": "SELECT instruction, output FROM 'rows/*.parquet' WHERE length(output) > 20"})
    attach: Mapping[str, str] = field(default_factory=dict, metadata={"help": "databases, read-only: {old: old-run/data.duckdb}"})
    folder: str = field(
        default="", metadata={"help": "where relative file names are looked up; default: beside the config", "folder": True}
    )
    memory_limit_mb: int = field(default=1024, metadata={"help": "for sorts and joins; more goes to temporary files"})

    @property
    def described(self) -> str:
        """The query, shortened."""
        return f"source.query {' '.join(self.query.split())[:60]!r}"

    def rows(self) -> Iterator[Row | BadRow]:
        """Row by row; the result is fetched as it is needed."""
        import duckdb  # noqa: PLC0415  # 60 ms that only users of SQL should pay

        settings = {"memory_limit": f"{self.memory_limit_mb}MB"}
        if self.folder:
            settings["file_search_path"] = self.folder
        with closing(duckdb.connect(config=settings)) as connection:
            number = 0
            try:
                for name, database in self.attach.items():
                    quoted = name.replace('"', '""'), self._database(database).replace("'", "''")
                    connection.execute("ATTACH '{1}' AS \"{0}\" (READ_ONLY)".format(*quoted))
                for batch in connection.sql(self.query).to_arrow_reader(BATCH_ROWS):
                    for columns in batch.to_pylist():
                        number += 1
                        yield Row(columns, "query", f"row {number}")
            except duckdb.Error as error:
                if number == 0:
                    raise ConfigError(f"{self.described}: {_first_line(error)}") from error
                raise RunError(f"{self.described} failed after row {number}: {_first_line(error)}") from error

    def _database(self, database: str) -> str:
        from pathlib import Path  # noqa: PLC0415

        beside = Path(self.folder, database)
        return str(beside) if self.folder and beside.exists() else database


def _first_line(error: BaseException) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)
