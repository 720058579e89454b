from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner, Result

from stream_synth.cli import app
from stream_synth.config.rejudging import fields_of
from stream_synth.errors import ConfigError
from stream_synth.observe.door import query
from tests.cli.finished import finished_run

ROWS = [
    {
        "instruction": f"第{n}个问题：{n}个苹果加{n}个苹果是多少？请解释。",
        "input": "",
        "output": f"一共是{2 * n}个苹果，因为{n}+{n}={2 * n}。",
    }
    for n in range(20)
]


def invoke(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(one) for one in arguments])


def counts(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, result.stderr
    found: dict[str, Any] = json.loads(result.stdout.splitlines()[-1])
    return found


def content(directory: Path) -> list[dict[str, Any]]:
    """Accepted rows in order of decision, clock included."""
    rows: list[dict[str, Any]] = query(directory, "SELECT * EXCLUDE seq FROM samples ORDER BY seq, id").to_pylist()
    return rows


@pytest.fixture
def alpaca(tmp_path: Path) -> Path:
    """Twenty rows, one of them twice, one of them a loop."""
    path = tmp_path / "alpaca.jsonl"
    loop = {"instruction": "写一句鼓励的话。", "input": "", "output": "加油" * 200}
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in [*ROWS, ROWS[3], loop]), encoding="utf-8")
    return path


@pytest.fixture
def gates(tmp_path: Path) -> Path:
    """A chain with one gate that is not in the default one, in a configuration that also has a recipe."""
    path = tmp_path / "gates.yaml"
    path.write_text("run: {target_accepted: 1}\nrecipe: {name: reasoning}\nsource: {kind: jsonl, path: x}\ngates: [exact_duplicate: {}]\n")
    return path


def test_check_runs_the_gates_over_a_file(alpaca: Path, tmp_path: Path) -> None:
    """Known columns are recognised; the repeated row and the loop are rejected; the directory is whole and replays the same."""
    found = counts(invoke("check", alpaca, "-o", tmp_path / "out", "--json"))
    rejected = query(tmp_path / "out", "SELECT gate FROM rejections ORDER BY gate").to_pylist()

    assert (found["candidates"], found["calls"], found["accepted"]) == (22, 0, 22 - len(rejected))
    assert {"exact_duplicate", "rules"} <= {row["gate"] for row in rejected}
    assert invoke("verify", tmp_path / "out", "--replay").exit_code == 0


def test_check_goes_on_where_it_stopped(alpaca: Path, gates: Path, tmp_path: Path) -> None:
    """Five rows, then the rest: as if it had run at once, with the gates of a file whose recipe and target are left aside."""
    counts(invoke("check", alpaca, "--config", gates, "-o", tmp_path / "once", "--json"))
    counts(invoke("check", alpaca, "--config", gates, "-o", tmp_path / "twice", "--limit", 5, "--json"))

    found = counts(invoke("check", alpaca, "--config", gates, "-o", tmp_path / "twice", "--json"))

    assert (found["candidates"], found["accepted"]) == (22, 21)
    assert [row["id"] for row in content(tmp_path / "once")] == [row["id"] for row in content(tmp_path / "twice")]


def test_check_takes_the_fields_it_is_told(tmp_path: Path) -> None:
    """Columns by name, or templates; the id is the row's own."""
    (tmp_path / "rows.csv").write_text("key,q,a\nk1,What is it?,It is a test.\n", encoding="utf-8")

    counts(invoke("check", tmp_path / "rows.csv", "--fields", "id=key,prompt=Q: {q},response=a", "-o", tmp_path / "out", "--json"))

    (row,) = content(tmp_path / "out")
    assert (row["seed_id"], row["prompt"], row["response"]) == ("k1", "Q: What is it?", "It is a test.")


def test_regate_judges_the_same_candidates_again(alpaca: Path, gates: Path, tmp_path: Path) -> None:
    """Under the same gates every row is the same again, clock included; under others fewer are rejected. No call, and whole."""
    first = counts(invoke("check", alpaca, "-o", tmp_path / "run", "--json"))

    same = counts(invoke("regate", tmp_path / "run", "--run-dir", tmp_path / "same", "--json"))
    fewer = counts(invoke("regate", tmp_path / "run", "--run-dir", tmp_path / "fewer", "--config", gates, "--json"))

    assert (same["accepted"], same["rejected"], same["calls"]) == (first["accepted"], first["rejected"], 0)
    assert content(tmp_path / "run") == content(tmp_path / "same")
    assert (fewer["candidates"], fewer["accepted"]) == (22, 21)
    assert invoke("verify", tmp_path / "fewer", "--replay").exit_code == 0


def test_regate_of_a_paid_run_makes_no_call(tmp_path: Path) -> None:
    """Seeds keep ids and recipe; what a failed seed cost stays where it was."""
    run = finished_run(tmp_path / "run")
    (tmp_path / "none.yaml").write_text("gates: []\n")

    found = counts(invoke("regate", run, "--run-dir", tmp_path / "new", "--config", tmp_path / "none.yaml", "--json"))
    again = counts(invoke("regate", run, "--run-dir", tmp_path / "new", "--config", tmp_path / "none.yaml", "--json"))

    assert (found["candidates"], found["accepted"], found["calls"]) == (3, 3, 0)
    assert again["seeds_done"] == found["seeds_done"] == 2
    assert {(row["seed_id"], row["recipe"]) for row in content(tmp_path / "new")} == {("s1", "reasoning"), ("s2", "reasoning")}
    assert yaml.safe_load((tmp_path / "new" / "config.yaml").read_text())["source"]["kind"] == "decided"


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["check", "{tmp}/missing.jsonl", "-o", "{tmp}/out"], "does not exist"),
        (["check", "{tmp}/rows.docx", "-o", "{tmp}/out"], "its ending"),
        (["check", "{tmp}/alpaca.jsonl", "-o", "{tmp}/out", "--fields", "prompt"], "write NAME=COLUMN"),
        (["check", "{tmp}/alpaca.jsonl", "-o", "{tmp}/out", "--fields", "prompt=nope,response=output"], "no column 'nope'"),
        (["regate", "{tmp}/nowhere", "--run-dir", "{tmp}/out"], "no run directory"),
        (["regate", "{tmp}/run", "--run-dir", "{tmp}/run"], "is the run itself"),
        (["regate", "{tmp}/run", "--run-dir", "{tmp}/out", "--config", "{tmp}/none.yaml"], "no configuration"),
    ],
)
def test_mistakes_are_one_line(alpaca: Path, tmp_path: Path, arguments: list[str], problem: str) -> None:
    """Exit code 2, the remedy, and no directory left behind."""
    finished_run(alpaca.parent / "run")

    result = invoke(*(one.format(tmp=tmp_path) for one in arguments))

    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert problem in result.stderr
    assert not (tmp_path / "out").exists()


def test_fields_may_hold_commas_inside_a_template() -> None:
    """A comma ends a field only before the next name."""
    assert fields_of("prompt={a}, {b},response=c") == {"prompt": "{a}, {b}", "response": "{c}"}
    with pytest.raises(ConfigError, match="NAME=COLUMN"):
        fields_of("prompt=")
