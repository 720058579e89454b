"""`status` and `sql`: what a run knows, while it writes as well as after."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from stream_synth.cli import showing
from stream_synth.cli.running import as_table
from stream_synth.errors import ConfigError, StoreError

WATCH_EVERY_S = 0.5
CELL_CHARACTERS = 300  # of one value in a table: enough to recognise a row; --format json gives all of it
SQL_FORMATS = ("table", "csv", "json", "parquet")

RunDirectory = Annotated[Path, typer.Argument(metavar="DIR", help="A run directory.", show_default=False)]


# How DuckDB names a mistake in the statement itself; anything else is the database's trouble, not the user's.
STATEMENT_ERRORS = (
    "Parser Error",
    "Binder Error",
    "Catalog Error",
    "Conversion Error",
    "Invalid Input Error",
    "Permission Error",
    "only one SELECT",
)


def existing(directory: Path) -> Path:
    """The directory, if a run was ever started there. Raises `ConfigError`."""
    if not (directory / "data.duckdb").exists() and not (directory / "journal.sqlite").exists():
        raise ConfigError(f"{directory} is no run directory: it holds neither data.duckdb nor journal.sqlite")
    return directory


def ask(directory: Path, statement: str) -> Any:  # noqa: ANN401  # a pyarrow table; pyarrow is not imported here
    """The result of a statement that the user wrote: a mistake in it is theirs to mend, so it raises `ConfigError`."""
    from stream_synth.observe.door import query  # noqa: PLC0415  # with DuckDB, which `--help` must not load

    try:
        return query(existing(directory), statement)
    except StoreError as error:
        if str(error).startswith(STATEMENT_ERRORS):
            raise ConfigError(str(error)) from error
        raise


def status(
    directory: RunDirectory,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Follow the run until it ends.")] = False,
) -> None:
    """Counts, rates, time to go, cost and disk of a live or finished run."""
    from stream_synth.observe.status import status_of  # noqa: PLC0415  # with DuckDB, which `--help` must not load

    seen: Mapping[str, Any] = status_of(existing(directory))
    if watch:
        seen = follow(directory, seen)
    if as_json:
        showing.print_json(seen)
    else:
        show_status(seen)


def follow(directory: Path, seen: Mapping[str, Any]) -> Mapping[str, Any]:
    """Show progress until the run ends; gives the last status."""
    from stream_synth.observe.progress import progress_on  # noqa: PLC0415
    from stream_synth.observe.status import status_of  # noqa: PLC0415

    with progress_on(sys.stderr, time.monotonic) as feed:
        while seen["live"]:
            feed(seen)
            time.sleep(WATCH_EVERY_S)
            seen = status_of(directory)
    return seen


def show_status(seen: Mapping[str, Any]) -> None:
    """The counts one below the other, then time and disk."""
    from stream_synth.observe.progress import duration  # noqa: PLC0415

    state = "running" if seen["live"] else f"ended: {seen['outcome'] or 'never'}"
    shown = [
        (key, value)
        for key, value in seen.items()
        if key not in {"run_dir", "outcome", "live", "disk", "eta_s", "collapsed"} and value is not None
    ]
    showing.show(f"{showing.visible(str(seen['run_dir']))} · {state}", showing.table(("", ""), shown))
    if seen.get("eta_s") is not None:
        showing.show(f"{duration(seen['eta_s'])} to go at this rate")
    for recipe, lost in (seen.get("collapsed") or {}).items():
        showing.say(f"warning: accepted rows of {recipe} are {lost:.0%} less diverse than at the beginning; see view diversity")
    disk = seen["disk"]
    per_row = f", {showing.in_bytes(disk['bytes_per_accepted_row'])} an accepted row" if disk["bytes_per_accepted_row"] else ""
    showing.show(f"disk: {showing.in_bytes(disk['bytes'])}{per_row}, {showing.in_bytes(disk['free_bytes'])} free")
    if disk["bytes_at_target"]:
        showing.show(f"at the target: about {showing.in_bytes(disk['bytes_at_target'])}")


def sql(
    directory: RunDirectory,
    statement: Annotated[str, typer.Argument(metavar="SQL", help="One SELECT or EXPLAIN.", show_default=False)],
    *,
    format_: Annotated[str, typer.Option("--format", help="table, csv, json or parquet; default: by the suffix of -o, else table.")] = "",
    out: Annotated[Path | None, typer.Option("-o", "--out", metavar="FILE", help="Write there instead of stdout.")] = None,
) -> None:
    """Ask the database of DIR, read-only, also while the run is writing."""
    kind = format_ or (out.suffix.removeprefix(".") if out else "table")
    if kind not in SQL_FORMATS:
        raise ConfigError(f"sql cannot write {kind!r}; --format is one of {', '.join(SQL_FORMATS)}")
    if kind == "parquet" and out is None:
        raise ConfigError("--format parquet needs -o FILE")
    result = ask(directory, statement)
    if kind == "table":
        columns, rows = as_table(result)
        made = showing.table(columns, rows, cell_characters=CELL_CHARACTERS)
        if out is None:
            showing.show(made)
        else:
            write(out, showing.as_text(made))
    elif kind == "json":
        write(out, showing.to_json(result.to_pylist()) + "\n")
    elif kind == "csv":
        write(out, as_csv(result))
    else:
        import pyarrow.parquet as pq  # noqa: PLC0415

        pq.write_table(result, out)


def as_csv(result: Any) -> str:  # noqa: ANN401  # a pyarrow table; pyarrow is not imported here
    """Comma-separated values with a header; lists and structures as JSON."""
    import csv  # noqa: PLC0415
    import io  # noqa: PLC0415

    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(result.column_names)
    for row in result.to_pylist():
        writer.writerow(showing.to_json(value) if isinstance(value, list | dict) else value for value in row.values())
    return text.getvalue()


def write(out: Path | None, text: str) -> None:
    """To the file, or to stdout."""
    if out is None:
        sys.stdout.write(text)
        sys.stdout.flush()
    else:
        out.write_text(text, encoding="utf-8")
