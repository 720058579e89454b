from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from stream_synth.cli import app
from tests.cli.finished import finished_run


@pytest.fixture(scope="module")
def run_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return finished_run(tmp_path_factory.mktemp("runs") / "finished")


def test_rows_are_written_and_counted(run_dir: Path, tmp_path: Path) -> None:
    """The count on stdout, the models' terms on stderr."""
    out = tmp_path / "rows.jsonl"

    result = CliRunner().invoke(app, ["export", str(run_dir), "-f", "reasoning", "-o", str(out), "--where", "lang = 'zh' AND score > 0.1"])

    assert result.exit_code == 0
    assert result.stdout == f"1 rows in {out}\n"
    assert "terms: teacher (m): not for competing models" in result.stderr
    assert json.loads(out.read_text())["input"] == "2 加 1 等于几？"


def test_what_does_not_fit_is_said(run_dir: Path, tmp_path: Path) -> None:
    """No row has a pair: an empty file, and the reason with its count."""
    result = CliRunner().invoke(app, ["export", str(run_dir), "-f", "dpo", "-o", str(tmp_path / "pairs.jsonl")])

    assert result.exit_code == 0
    assert "left out 2 rows: no chosen and rejected answer" in result.stderr


def test_splits_make_several_files(run_dir: Path, tmp_path: Path) -> None:
    """A folder holds a file a split and a card."""
    out = tmp_path / "set"

    result = CliRunner().invoke(
        app, ["export", str(run_dir), "-f", "messages", "-o", str(out), "--split", "train=0.5,test=0.5", "--seed", "3"]
    )

    assert result.exit_code == 0
    assert {path.name for path in out.iterdir()} == {"train.parquet", "test.parquet", "README.md"}


def test_licences_choose_rows(run_dir: Path, tmp_path: Path) -> None:
    """No row stands under this one."""
    result = CliRunner().invoke(app, ["export", str(run_dir), "-f", "text", "-o", str(tmp_path / "x.jsonl"), "--licence", "mit, cc0"])

    assert result.stdout.startswith("0 rows")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["-f", "messages", "-o", "x.jsonl", "--where", "scor > 1"], "scor"),
        (["-f", "messages", "-o", "x.jsonl", "--where", "score >"], "Parser Error"),
        (["-f", "chatml", "-o", "x.jsonl"], "chatml"),
        (["-f", "messages", "-o", "x.txt"], "x.txt"),
        (["-f", "messages", "-o", "x.jsonl", "--split", "half"], "half"),
    ],
)
def test_mistakes_are_usage_errors(run_dir: Path, tmp_path: Path, options: list[str], said: str) -> None:
    """One line, exit code 2, no file."""
    options = [str(tmp_path / one) if one.startswith("x.") else one for one in options]

    result = CliRunner().invoke(app, ["export", str(run_dir), *options])

    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_one_line(run_dir: Path, tmp_path: Path) -> None:
    """A file stands where a folder is needed."""
    (tmp_path / "file").touch()

    result = CliRunner().invoke(app, ["export", str(run_dir), "-f", "text", "-o", str(tmp_path / "file" / "rows.jsonl")])

    assert result.exit_code == 1
    assert result.stderr.startswith("error:")
