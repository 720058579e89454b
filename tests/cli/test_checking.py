from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from stream_synth.cli import app
from tests.cli.finished import finished_run


@pytest.fixture
def run_dir(tmp_path: Path) -> Path:
    return finished_run(tmp_path / "finished")


def test_a_whole_run_verifies(run_dir: Path) -> None:
    """Every check by name, exit code 0."""
    result = CliRunner().invoke(app, ["verify", str(run_dir)])

    assert result.exit_code == 0
    assert "candidates_once" in result.stdout
    assert "checks hold" in result.stdout


def test_a_broken_run_exits_with_1(run_dir: Path) -> None:
    """Calls that the database knows and the journal does not."""
    with closing(sqlite3.connect(run_dir / "journal.sqlite")) as journal:
        journal.execute("DELETE FROM replies")
        journal.commit()

    result = CliRunner().invoke(app, ["verify", str(run_dir), "--json"])

    report = json.loads(result.stdout)
    assert result.exit_code == 1
    assert not report["ok"]
    assert report["findings"]


def test_a_lost_database_is_rebuilt(run_dir: Path) -> None:
    """`--repair` makes it anew from the journal; then every check holds."""
    (run_dir / "data.duckdb").unlink()

    result = CliRunner().invoke(app, ["verify", str(run_dir), "--repair", "--json"])
    counts = CliRunner().invoke(app, ["status", str(run_dir), "--json"])

    assert json.loads(result.stdout)["ok"]
    assert json.loads(counts.stdout)["accepted"] == 2
