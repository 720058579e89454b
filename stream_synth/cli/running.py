"""`run`: make rows, or go on making them."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from stream_synth.cli import showing

if TYPE_CHECKING:
    from stream_synth.assemble import Plan, Summary
    from stream_synth.engine.settings import Config
    from stream_synth.observe.progress import OnProgress

SHOWN_ROW = "SELECT * FROM samples ORDER BY meta->>'gold' IS NULL, created_at DESC, id LIMIT 1"  # one whose answer was checked, the newest
FAILURES = """
    SELECT kind, step, count(*) AS seeds, arg_max(regexp_extract(message, '([^\\n]*)\\s*$', 1), seq) AS latest
    FROM failures GROUP BY kind, step ORDER BY seeds DESC, kind, step LIMIT 5
"""  # of a traceback the last line, which names the error
WHY_FAILED = '"SELECT * FROM failures"'
WHY_REJECTED = '"SELECT gate, reason, count(*) AS rows FROM rejections GROUP BY ALL ORDER BY rows DESC"'

Result = TypeVar("Result")

ConfigPath = Annotated[Path, typer.Argument(metavar="CONFIG", help="YAML file; `stream-synth init` writes one.", show_default=False)]
Overrides = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Replace a value of the configuration: dotted key, YAML value. May be repeated."),
]


def run(  # noqa: PLR0913  # each parameter is an option of the command
    config: ConfigPath,
    *,
    run_dir: Annotated[
        Path | None, typer.Option(help="Where the run lives; default runs/<run.name>. An existing one is continued.")
    ] = None,
    limit: Annotated[int | None, typer.Option(min=0, help="Seeds to read over the life of the run directory.")] = None,
    overrides: Overrides = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check everything, send nothing, print plan and cost forecast.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the final counts as one JSON object on the last line.")] = False,
    accept_changes: Annotated[bool, typer.Option("--accept-changes", help="Go on although keys that change text have changed.")] = False,
) -> None:
    """Run CONFIG, or continue it: the same command after a stop goes on where it was."""
    from stream_synth import assemble  # noqa: PLC0415  # loads the engine, which `--help` must not
    from stream_synth.assemble.api import directory_of  # noqa: PLC0415

    checked = load(config, overrides)
    directory = directory_of(checked, run_dir)
    if dry_run:
        show_plan(complete(assemble.plan(checked, directory)), as_json=as_json)
        return

    async def execute(feed: OnProgress) -> Summary:
        summary = await assemble.execute(checked, directory, limit=limit, accept_changes=accept_changes, on_progress=feed)
        feed(summary.counts)
        return summary

    conclude(directory, complete_with_progress(execute), as_json=as_json)


def conclude(directory: Path, summary: Summary, *, as_json: bool) -> None:
    """Show how it ended; leaves with the exit code of anything but a plain end."""
    if as_json:
        showing.print_json(summary.counts)
    elif summary.counts["candidates"] or summary.counts["failed"]:
        show_end(directory, summary)
    if summary.outcome == "error":
        showing.say(f"error: {' '.join(summary.message.split())}")
    elif summary.message:
        showing.say(summary.message)
    if summary.exit_code:
        raise typer.Exit(summary.exit_code)


def load(config: Path, overrides: list[str] | None) -> Config:
    """The checked configuration."""
    from stream_synth import config as configuration  # noqa: PLC0415  # pydantic and YAML, which `--help` must not load

    return configuration.load(config, overrides or ())


def complete(work: Coroutine[Any, Any, Result]) -> Result:
    """Run the coroutine on the fastest event loop there is."""
    if sys.platform == "win32":
        return asyncio.run(work)
    import uvloop  # noqa: PLC0415  # not needed by commands that do not await

    result: Result = uvloop.run(work)
    return result


def complete_with_progress(begin: Callable[[OnProgress], Coroutine[Any, Any, Result]]) -> Result:
    """The same, with progress on stderr."""
    from stream_synth.observe.progress import progress_on  # noqa: PLC0415

    with progress_on(sys.stderr, time.monotonic) as feed:
        return complete(begin(feed))


def show_end(directory: Path, summary: Summary) -> None:
    """The funnel, a sample row, what it cost and what can be done next."""
    from stream_synth.export.formats import Row, fitting  # noqa: PLC0415  # with the database, which `--help` must not load
    from stream_synth.observe.door import query  # noqa: PLC0415

    counts = summary.counts
    if counts["candidates"]:
        showing.show(showing.table(*as_table(query(directory, "SELECT * FROM funnel")), title="Funnel"), "")
    if counts["failed"]:
        failures = as_table(query(directory, FAILURES))
        showing.show(showing.table(*failures, title="Seeds without a candidate", cell_characters=showing.REASON_CHARACTERS), "")
    shown = query(directory, SHOWN_ROW).to_pylist()
    for row in shown:
        show_sample(row)
    made = f"{counts['accepted']} accepted, {counts['rejected']} rejected, {counts['failed']} seeds without a candidate"
    used = f"{counts['calls']} calls, {counts['prompt_tokens'] + counts['completion_tokens']:,} tokens, ${counts['cost_usd']:.4f}"
    showing.show(f"{made} · {used} · {counts['seconds']:.1f} s")
    showing.show(f"outcome: {summary.outcome}", "")
    if counts["failed"]:
        showing.show(f"stream-synth sql {directory} {WHY_FAILED}")
    if counts["rejected"] or not counts["failed"]:
        showing.show(f"stream-synth sql {directory} {WHY_REJECTED}")
    if shown:
        showing.show(f"stream-synth export {directory} -f {fitting(Row.parse(shown[0]))} -o rows.jsonl")


def as_table(arrow: Any) -> tuple[list[str], list[list[object]]]:  # noqa: ANN401  # a pyarrow table; pyarrow is not imported here
    """Columns and rows for `showing.table`."""
    return arrow.column_names, [list(row.values()) for row in arrow.to_pylist()]


def show_sample(row: Mapping[str, Any]) -> None:
    """One accepted row; its text is untrusted."""
    from rich.text import Text  # noqa: PLC0415  # with the console

    showing.show(Text(f"A row ({row['recipe']}, {row['id']})", style="bold"))
    for name in ("prompt", "reasoning", "response"):
        if row[name]:
            showing.show(Text.assemble((f"{name}: ", "cyan"), showing.visible(row[name], showing.SAMPLE_CHARACTERS)))
    showing.show("")


def show_plan(plan: Plan, *, as_json: bool) -> None:
    """What would happen. 0 model calls were made."""
    if as_json:
        showing.print_json(asdict(plan))
        return
    columns = ("recipe", "source", "seeds", "first calls a seed", "prompt tokens a call", "worst USD a seed")
    rows = [
        [
            *(method.label, method.source, seeds_of(method.seeds, counted=method.seeds_counted_fully), method.first_calls),
            *(round(method.prompt_tokens), method.worst_usd_per_seed),
        ]
        for method in plan.methods
    ]
    width = showing.READING_WIDTH
    showing.show(showing.table(columns, rows, title="Plan: 0 calls were made"), "", file_width=width)
    for chain, labels in chains_of(plan).items():
        showing.show(showing.visible(f"gates of {', '.join(labels)}: {chain}"), file_width=width)
    for endpoint in plan.endpoints:
        showing.show(showing.visible(endpoint))
    for method in plan.methods:
        for problem in method.problems:
            showing.say(f"warning: {method.label}: {problem}")
    worst = (
        "unknown: an endpoint has no price, or a call no max_tokens, or the source no end"
        if plan.worst_usd is None
        else f"${plan.worst_usd:.4f}"
    )
    showing.show(f"cost of the first calls at their full length: {worst}")
    showing.show(f"{'continues' if plan.resumes else 'starts'} {plan.run_dir}")


def chains_of(plan: Plan) -> dict[str, list[str]]:
    """Each chain of gates with the recipes that go through it."""
    chains: dict[str, list[str]] = {}
    for method in plan.methods:
        chains.setdefault(", ".join(method.gates) or "none", []).append(method.label)
    return chains


def seeds_of(seeds: int | None, *, counted: bool) -> str:
    """A count, or what is known of it."""
    if seeds is None:
        return "endless"
    return str(seeds) if counted else f"more than {seeds}"
