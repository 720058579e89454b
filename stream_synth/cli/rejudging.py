"""`check` and `regate`: the gates alone, over rows that are there already."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stream_synth.cli.looking import existing
from stream_synth.cli.running import complete_with_progress, conclude
from stream_synth.errors import ConfigError

if TYPE_CHECKING:
    from stream_synth.assemble import Summary
    from stream_synth.observe.progress import OnProgress

GatesOf = Annotated[Path | None, typer.Option("--config", metavar="CONFIG", help="Take `gates:` (and the endpoints they ask) from there.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the final counts as one JSON object on the last line.")]


def check(  # noqa: PLR0913  # each parameter is an option of the command
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="JSONL, JSON, Parquet, CSV or TSV.", show_default=False)],
    *,
    out: Annotated[Path, typer.Option("-o", "--out", metavar="DIR", help="The run directory. An existing one is continued.")],
    fields: Annotated[
        str, typer.Option(metavar="NAME=COLUMN,…", help="id, prompt, response, answer, …; default: well-known columns are recognised.")
    ] = "",
    config: GatesOf = None,
    limit: Annotated[int | None, typer.Option(min=0, help="Rows to read over the life of the run directory.")] = None,
    accept_changes: Annotated[bool, typer.Option("--accept-changes", help="Go on although files or fields have changed.")] = False,
    as_json: AsJson = False,
) -> None:
    """Run the gates over an existing data set; nothing is generated. DIR is a run directory like any other."""
    from stream_synth import assemble  # noqa: PLC0415  # loads the engine, which `--help` must not
    from stream_synth import config as configuration  # noqa: PLC0415

    checked = configuration.check_config(files, fields, config)

    async def execute(feed: OnProgress) -> Summary:
        summary = await assemble.execute(checked, out, limit=limit, accept_changes=accept_changes, on_progress=feed)
        feed(summary.counts)
        return summary

    conclude(out, complete_with_progress(execute), as_json=as_json)


def regate(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="The run whose candidates are judged again.", show_default=False)],
    *,
    run_dir: Annotated[Path, typer.Option("--run-dir", metavar="NEW", help="Where the new decisions go. An existing one is continued.")],
    config: GatesOf = None,
    allow_calls: Annotated[bool, typer.Option("--allow-calls", help="Let gates ask models where no reply is recorded.")] = False,
    as_json: AsJson = False,
) -> None:
    """Judge every candidate of DIR again, in the same order, under new gates. Replies already paid for are reused; 0 new calls."""
    from stream_synth import assemble  # noqa: PLC0415  # loads the engine, which `--help` must not
    from stream_synth import config as configuration  # noqa: PLC0415

    if existing(directory).resolve() == run_dir.resolve():
        raise ConfigError(f"--run-dir {run_dir} is the run itself; name another directory: what was decided stays as it is")
    checked = configuration.regate_config(directory, config)

    async def execute(feed: OnProgress) -> Summary:
        summary = await assemble.regate(assemble.Session(checked, run_dir, on_progress=feed), directory, allow_calls=allow_calls)
        feed(summary.counts)
        return summary

    conclude(run_dir, complete_with_progress(execute), as_json=as_json)
