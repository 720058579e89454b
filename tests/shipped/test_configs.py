"""The table test: every shipped configuration, against its shipped replies.

A configuration brings `cases/NAME.py` with a `CASE`; a configuration without one fails here.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from stream_synth import arun
from stream_synth.assemble import replay_directory
from stream_synth.config import load_run
from stream_synth.observe.invariants import check
from stream_synth.recipes import Card, find_recipe
from stream_synth.recipes.methods import METHODS
from tests.shipped.case import Case
from tests.shipped.rig import CASES, CONFIGS, charges, drawn, endpoint, killed_after, paid_in_silence, run_process

ELSEWHERE = {"quickstart": "the README's commands run it"}
BOTH = ("zh", "en")
LATENCY = "fixed:0.03"  # seconds, so that a kill finds calls in flight


def _runnable(name: str) -> Case:
    case = CASES[name]
    if case.program and shutil.which(case.program) is None:
        pytest.skip(f"configs/{name}.yaml was not run: the program {case.program} is not installed")
    return case


def test_every_configuration_has_a_case() -> None:
    """And every case a configuration."""
    shipped = {path.stem for path in CONFIGS.glob("*.yaml")} - set(ELSEWHERE)

    assert set(CASES) == shipped


def named(config: str) -> str:
    """The recipe of a configuration; of several the first."""
    written = yaml.safe_load((CONFIGS / f"{config}.yaml").read_text())["recipe"]
    return str((written[0] if isinstance(written, list) else written).get("name", "steps"))


def test_the_map_of_methods_names_every_configuration() -> None:
    """Once, with the recipe that it runs."""
    shipped = {path.stem: named(path.stem) for path in CONFIGS.glob("*.yaml") if path.stem not in ELSEWHERE}

    mapped = {one.config: one.recipe for one in METHODS}
    assert len(mapped) == len(METHODS)
    assert mapped == shipped


@pytest.mark.parametrize("name", CASES)
async def test_every_reason_on_the_card_is_drawn(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In Chinese and in English; seeds that hold nothing have no language."""
    case = _runnable(name)
    async with endpoint(case, tmp_path, monkeypatch):
        run = await arun(
            CONFIGS / f"{name}.yaml", source=case.rows and list(case.rows), run_dir=tmp_path / "run", overrides=list(case.strict)
        )

    found = drawn(run)
    card: Card = find_recipe(named(name)).card  # type: ignore[attr-defined]
    once = {reason for reason in card.rejects if reason.startswith("seed/")} | set(case.one_language)
    possible = {"accepted", *card.rejects} - set(case.undrawn)
    assert {lang: possible - once - found[lang] for lang in BOTH} == {lang: set() for lang in BOTH}
    assert once - set(case.undrawn) <= set().union(*found.values())


@pytest.mark.parametrize("name", CASES)
async def test_it_accepts_rows_as_it_stands_and_loses_nothing_to_a_kill(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In both languages; killed half-way and continued, it pays nothing again but what was in flight, and replays to the same."""
    case = _runnable(name)
    async with endpoint(case, tmp_path / "whole", monkeypatch):
        whole = await arun(CONFIGS / f"{name}.yaml", run_dir=tmp_path / "whole/run")
    calls = whole.counts["calls"]
    assert whole.counts["outcome"] in {"finished", "target"}
    assert whole.sql("SELECT message FROM failures WHERE kind = 'bug'").fetchall() == []
    assert {lang for (lang,) in whole.sql("SELECT lang FROM samples").fetchall()} >= set(case.languages)
    if not case.calls:
        return

    async with endpoint(case, tmp_path / "cut", monkeypatch, LATENCY):
        process = await run_process(case, tmp_path / "cut/run")
        struck = await killed_after(process, tmp_path / "cut", calls // 2)
        again = await run_process(case, tmp_path / "cut/run")
        _, said = await again.communicate()

    assert struck, "the run had ended before it was killed"
    assert again.returncode == 0, said.decode()
    cut = type(whole)(tmp_path / "cut/run")
    assert [one.name for one in check(cut.directory) if not one.ok] == []
    assert paid_in_silence(cut, tmp_path / "cut") == {}
    assert len(charges(tmp_path / "cut")) >= calls // 2
    report = await replay_directory(cut.directory, load_run(cut.directory))
    assert report.same, report.different
