"""`verify` and `doctor`: is this run whole, and can this configuration work here?"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stream_synth.cli import showing
from stream_synth.cli.looking import RunDirectory, existing
from stream_synth.cli.running import ConfigPath, Overrides, complete, load

if TYPE_CHECKING:
    from stream_synth.engine.replay import ReplayReport
    from stream_synth.observe.doctor import Diagnosis


def verify(
    directory: RunDirectory,
    *,
    repair: Annotated[bool, typer.Option("--repair", help="Rebuild from the journal what can be rebuilt, then check again.")] = False,
    replay: Annotated[
        bool, typer.Option("--replay", help="Run every recipe again with the network cut; the samples must be the same.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Check every invariant of DIR. Exit code 1 when anything is off."""
    from stream_synth.observe import invariants  # noqa: PLC0415  # with DuckDB, which `--help` must not load

    checks = invariants.repair(existing(directory)) if repair else invariants.check(existing(directory))
    report: ReplayReport | None = None
    if replay:
        from stream_synth import assemble  # noqa: PLC0415  # the engine, for a replay alone
        from stream_synth.config import load_run  # noqa: PLC0415

        report = complete(assemble.replay_directory(directory, load_run(directory)))
        checks = [*checks, invariants.Finding("replay", ok=report.same, detail=told(report))]
    broken = [one for one in checks if not one.ok]
    if as_json:
        replayed = None if report is None else {"seeds": report.seeds, "candidates": report.candidates, "different": report.different_count}
        stated = [{"check": one.name, "ok": one.ok, "detail": one.detail} for one in checks]
        findings = [one for one in stated if not one["ok"]]
        showing.print_json({"run_dir": str(directory), "ok": not broken, "findings": findings, "checks": stated, "replay": replayed})
    else:
        rows = [("ok" if one.ok else "BROKEN", one.name, one.detail) for one in checks]
        showing.show(showing.table(("", "check", ""), rows))
        verdict = f"{len(broken)} of {len(checks)} checks are broken" if broken else f"all {len(checks)} checks hold"
        showing.show("", f"{directory}: {verdict}")
    if broken:
        raise typer.Exit(1)


def told(report: ReplayReport) -> str:
    """What a replay found."""
    parts = [f"{report.seeds} seeds, {report.candidates} candidates, {report.different_count} seeds differ"]
    if report.missing_count:
        parts.append(f"{report.missing_count} decided seeds are not in the source any more")
    return "; ".join([*parts, *report.different])


def doctor(
    config: ConfigPath,
    *,
    run_dir: Annotated[Path | None, typer.Option(help="Where the run will live; default runs/<run.name>.")] = None,
    overrides: Overrides = None,
    probe: Annotated[bool, typer.Option("--probe", help="Also try how each server is told a reply's shape: a few short calls.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Check keys, endpoints, models, limits, disk, file handles and clock. Exit code 1 when a run would fail."""
    from stream_synth.assemble.api import directory_of  # noqa: PLC0415  # loads the engine, which `--help` must not
    from stream_synth.observe.doctor import examine, programs  # noqa: PLC0415

    checked = load(config, overrides)
    findings = complete(examine(checked.endpoints, directory_of(checked, run_dir)))
    findings += programs({spec.label: spec.recipe for spec in checked.recipes})
    if probe:
        from stream_synth.observe.probing import probe as ask_servers  # noqa: PLC0415  # the openai SDK takes a second

        findings += complete(ask_servers(checked.endpoints))
    sick = any(finding.state == "problem" for finding in findings)
    if as_json:
        rows = [{"check": f.check, "state": f.state, "message": f.message, "remedy": f.remedy} for f in findings]
        showing.print_json({"ok": not sick, "findings": rows})
    else:
        show_diagnosis(findings)
    if sick:
        raise typer.Exit(1)


def show_diagnosis(findings: Sequence[Diagnosis]) -> None:
    """One line a finding, its remedy below it."""
    from rich.text import Text  # noqa: PLC0415  # with the console

    styles = {"ok": "green", "warning": "yellow", "problem": "red"}
    for finding in findings:
        showing.show(Text.assemble((f"{finding.state:8}", styles[finding.state]), showing.visible(f"{finding.check}: {finding.message}")))
        if finding.remedy:
            showing.show(showing.visible(f"         {finding.remedy}"))
