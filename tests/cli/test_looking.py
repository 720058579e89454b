from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from stream_synth.cli import app
from tests.cli.finished import finished_run

CONTRACT = {"run_dir", "outcome", "seeds_read", "seeds_done", "candidates", "accepted", "rejected", "failed", "calls", "ambiguous"}
CONTRACT |= {"prompt_tokens", "reasoning_tokens", "completion_tokens", "cost_usd", "seconds", "calls_per_second"}


@pytest.fixture(scope="module")
def run_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return finished_run(tmp_path_factory.mktemp("runs") / "finished")


def test_status_states_every_count(run_dir: Path) -> None:
    """The contract's keys, from the files of a run that has ended."""
    result = CliRunner().invoke(app, ["status", str(run_dir), "--json"])

    counts = json.loads(result.stdout)
    assert result.exit_code == 0
    assert counts.keys() >= CONTRACT
    assert (counts["accepted"], counts["rejected"], counts["failed"], counts["candidates"]) == (2, 1, 1, 3)
    assert (counts["seeds_done"], counts["seeds_read"], counts["calls"], counts["ambiguous"]) == (3, 3, 3, 0)
    assert (counts["prompt_tokens"], counts["completion_tokens"], counts["reasoning_tokens"]) == (30, 60, 15)
    assert (counts["outcome"], counts["seconds"], counts["cost_usd"], counts["live"]) == ("finished", 10.0, 0.003, False)


def test_status_projects_the_disk(run_dir: Path) -> None:
    """Two rows of ten are there: the target takes five times the bytes."""
    result = CliRunner().invoke(app, ["status", str(run_dir), "--json"])

    disk = json.loads(result.stdout)["disk"]
    assert disk["bytes"] > 0
    assert disk["bytes_at_target"] == 5 * disk["bytes"]


def test_status_reads_well(run_dir: Path) -> None:
    """For people: state, counts, disk; watching a run that has ended ends at once."""
    result = CliRunner().invoke(app, ["status", str(run_dir), "--watch"])

    assert result.exit_code == 0
    assert "ended: finished" in result.stdout
    assert "an accepted row" in result.stdout


@pytest.mark.parametrize("command", [["status"], ["sql", "SELECT 1"], ["export", "-f", "text", "-o", "x.jsonl"], ["verify"]])
def test_a_wrong_directory_is_a_usage_error(tmp_path: Path, command: list[str]) -> None:
    """One line that names it, exit code 2, and nothing is made there."""
    result = CliRunner().invoke(app, [command[0], str(tmp_path / "none"), *command[1:]])

    assert result.exit_code == 2
    assert "is no run directory" in result.stderr
    assert result.stderr.count("\n") == 1
    assert not (tmp_path / "none").exists()


def test_sql_prints_a_table(run_dir: Path) -> None:
    """Untrusted text is shown as it is: markup as letters, escape sequences as escapes."""
    result = CliRunner().invoke(app, ["sql", str(run_dir), "SELECT id, response FROM samples ORDER BY id"])

    assert result.exit_code == 0
    assert "[red]答案[/red]是 3。\\x1b[31m" in result.stdout
    assert "\x1b" not in result.stdout


def test_sql_writes_json(run_dir: Path) -> None:
    """One array; sums are numbers, text is itself."""
    result = CliRunner().invoke(app, ["sql", str(run_dir), "SELECT sum(prompt_tokens) AS n, '中' AS t FROM calls", "--format", "json"])

    assert result.stdout == '[{"n":30,"t":"中"}]\n'


def test_sql_writes_csv(run_dir: Path) -> None:
    """A header and a line a row; lists as JSON."""
    result = CliRunner().invoke(app, ["sql", str(run_dir), "SELECT gate, [1, 2] AS two, reason FROM rejections", "--format", "csv"])

    assert list(csv.reader(io.StringIO(result.stdout))) == [["gate", "two", "reason"], ["rules", "[1,2]", "wrong"]]


@pytest.mark.parametrize("kind", ["csv", "json", "parquet", "table"])
def test_sql_writes_files(run_dir: Path, tmp_path: Path, kind: str) -> None:
    """The suffix says what; nothing on stdout."""
    out = tmp_path / f"rows.{kind}"

    result = CliRunner().invoke(app, ["sql", str(run_dir), "SELECT id FROM samples ORDER BY id", "-o", str(out)])

    assert (result.exit_code, result.stdout) == (0, "")
    assert pq.read_table(out).num_rows == 2 if kind == "parquet" else "row1" in out.read_text()


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("SELECT nothing FROM samples", "nothing"),
        ("SELEC 1", "SELEC"),
        ("SELECT * FROM nowhere", "nowhere"),
        ("DELETE FROM samples_log", "SELECT"),
        ("SELECT 1; SELECT 2", "one SELECT"),
    ],
)
def test_a_wrong_statement_is_a_usage_error(run_dir: Path, statement: str, said: str) -> None:
    """The database's own words on one line, exit code 2."""
    result = CliRunner().invoke(app, ["sql", str(run_dir), statement])

    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("options", [["--format", "xml"], ["--format", "parquet"], ["-o", "rows.xml"]])
def test_a_wrong_format_is_a_usage_error(run_dir: Path, options: list[str]) -> None:
    """Before anything is asked."""
    result = CliRunner().invoke(app, ["sql", str(run_dir), "SELECT 1", *options])

    assert result.exit_code == 2
