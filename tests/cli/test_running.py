from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from stream_synth.cli import app
from stream_synth.cli.running import show_sample
from tests.cli.finished import sample


def run(config: Path, *options: str, directory: Path | None = None) -> Result:
    return CliRunner().invoke(app, ["run", str(config), "--run-dir", str(directory or config.parent / "run"), *options])


def test_a_run_ends_with_its_counts(config: Path) -> None:
    """The last line on stdout is one JSON object; progress went to stderr."""
    result = run(config, "--json")

    counts = json.loads(result.stdout.splitlines()[-1])
    assert result.exit_code == 0
    assert (counts["outcome"], counts["seeds_done"], counts["accepted"], counts["calls"]) == ("finished", 12, 12, 12)
    assert "accepted" in result.stderr
    assert len(result.stdout.splitlines()) == 1


def test_a_run_shows_what_came_of_it(config: Path) -> None:
    """Funnel, a sample row, counts, cost, and what to do next."""
    result = run(config)

    assert result.exit_code == 0
    assert "Funnel" in result.stdout
    assert "个问题" in result.stdout
    assert "12 accepted, 0 rejected" in result.stdout
    assert f"stream-synth sql {config.parent / 'run'}" in result.stdout
    assert f"stream-synth export {config.parent / 'run'} -f messages" in result.stdout


def test_a_run_says_why_seeds_failed(config: Path) -> None:
    """Rows without text, in a run where nothing else came about: the reason, and where to read all of them."""
    (config.parent / "questions.jsonl").write_text('nonsense\n{"id": "a", "q": "嗯"\n', encoding="utf-8")

    result = run(config)

    assert result.exit_code == 0, result.stderr
    assert "not valid JSON" in result.stdout
    assert "0 accepted, 0 rejected, 2 seeds without a candidate" in result.stdout
    assert '"SELECT * FROM failures"' in result.stdout
    assert "stream-synth export" not in result.stdout


def test_limit_counts_over_the_life_of_a_run(config: Path) -> None:
    """Five seeds, then the rest: the second invocation asks only what is new."""
    first = json.loads(run(config, "--json", "--limit", "5").stdout)
    second = json.loads(run(config, "--json").stdout)

    assert (first["seeds_done"], first["calls"]) == (5, 5)
    assert (second["seeds_done"], second["calls"]) == (12, 12)


def test_values_are_replaced_on_the_command_line(config: Path) -> None:
    """A target of 7 stops at exactly 7."""
    counts = json.loads(run(config, "--json", "--set", "run.target_accepted=7").stdout)

    assert (counts["outcome"], counts["accepted"]) == ("target", 7)


def test_a_dry_run_sends_nothing(config: Path) -> None:
    """The plan with its cost, no call, no run directory."""
    shown = run(config, "--dry-run")
    stated = run(config, "--dry-run", "--json")

    plan = json.loads(stated.stdout)
    assert (shown.exit_code, stated.exit_code) == (0, 0)
    assert "0 calls were made" in shown.stdout
    assert max(map(len, shown.stdout.splitlines())) <= 100
    assert (plan["methods"][0]["seeds"], plan["methods"][0]["first_calls"]) == (12, 1)
    assert plan["worst_usd"] > 0
    assert not (config.parent / "run" / "journal.sqlite").exists()


def test_a_dry_run_names_seeds_that_would_never_be_asked(config: Path) -> None:
    """A method that needs a gold answer, over questions that have none: said before the run, with the reason."""
    shown = run(config, "--dry-run", "--set", "recipe={name: star}")

    assert shown.exit_code == 0
    assert "rejected before any call: seed/" in shown.stderr


def test_a_budget_stops_with_3(config: Path) -> None:
    """Less money than one call may cost."""
    result = run(config, "--set", "run.max_cost_usd=0.0000001")

    assert result.exit_code == 3


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("endpoints.teacher.modle=x", "model"),
        ("source.path=nowhere.jsonl", "nowhere.jsonl"),
        ("recipe.name=distil", "distill"),
        ("run.seed=[", "run.seed"),
    ],
)
def test_mistakes_in_the_configuration_exit_with_2(config: Path, change: str, said: str) -> None:
    """One line on stderr, nothing sent."""
    result = run(config, "--set", change)

    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_missing_configuration_exits_with_2(tmp_path: Path) -> None:
    """Its name is in the line."""
    result = run(tmp_path / "none.yaml")

    assert result.exit_code == 2
    assert "none.yaml" in result.stderr
    assert result.stderr.count("\n") == 1


def test_changed_text_needs_a_word(config: Path) -> None:
    """Another temperature on resume is shown and refused, and accepted with --accept-changes."""
    run(config, "--limit", "3")

    refused = run(config, "--set", "recipe.temperature=0.9")
    accepted = run(config, "--set", "recipe.temperature=0.9", "--accept-changes")

    assert refused.exit_code == 2
    assert "temperature" in refused.stderr
    assert accepted.exit_code == 0


def test_an_unreachable_endpoint_is_one_line(config: Path) -> None:
    """Exit code 1, host and remedy, no traceback."""
    result = run(config, "--set", "endpoints.teacher.base_url=http://127.0.0.1:9/v1")

    assert result.exit_code == 1
    assert "127.0.0.1:9" in result.stderr
    assert "Traceback" not in result.stderr + result.stdout
    assert sum(line.startswith("error:") for line in result.stderr.splitlines()) == 1


def test_ctrl_c_stops_resumably(config: Path, endpoint: str) -> None:
    """SIGINT drains and exits with 130; the same command finishes the run."""
    del endpoint
    slow = [sys.executable, "-m", "stream_synth", "simulate", "--latency", "fixed:0.3"]
    directory = config.parent / "run"
    with subprocess.Popen(slow, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603  # our own command line
        assert server.stdout is not None
        address = f"endpoints.teacher.base_url={server.stdout.readline().split()[-1]}"
        command = [sys.executable, "-m", "stream_synth", "run", str(config), "--run-dir", str(directory), "--set", address, "--json"]
        command += ["--set", "endpoints.teacher.concurrency=1"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:  # noqa: S603
            assert running.stderr is not None
            running.stderr.readline()  # the first progress: it is under way
            os.kill(running.pid, signal.SIGINT)
            output, errors = running.communicate(timeout=30)
        server.terminate()

    first, second = json.loads(output.splitlines()[-1]), json.loads(run(config, "--json").stdout)
    assert running.returncode == 130, errors
    assert first["outcome"] == "interrupted"
    assert first["seeds_done"] < 12
    assert (second["outcome"], second["seeds_done"], second["ambiguous"]) == ("finished", 12, 0)


def test_a_sample_row_is_shown_and_not_obeyed(capsys: pytest.CaptureFixture[str]) -> None:
    """Markup stays text, escape sequences stay visible."""
    row = sample(1, "[bold]x[/bold]\x1b[2J", "s")

    show_sample({name: getattr(row, name) for name in ("recipe", "id", "prompt", "reasoning", "response")})

    assert "[bold]x[/bold]\\x1b[2J" in capsys.readouterr().out


def test_preview_lays_everything_out(config: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Prompt, reply, verdicts and forecast of two seeds; kept in the user's cache, no run directory."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    result = CliRunner().invoke(app, ["preview", str(config), "-n", "2"])

    assert result.exit_code == 0
    assert result.stdout.count("━━ seed ") == 2
    assert "第 0 个问题" in result.stdout
    assert "accepted" in result.stdout
    assert "1,000 seeds take" in result.stdout
    assert len(list((tmp_path / "cache" / "stream_synth" / "previews").iterdir())) == 1


def test_preview_shows_rows_that_came_of_no_call(config: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where there is neither prompt nor reply, the row itself."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    given = ["--set", "recipe={name: given}", "--set", 'source.fields={question: "{q}", response: "见 {id}"}']

    result = CliRunner().invoke(app, ["preview", str(config), "-n", "1", *given])

    assert result.exit_code == 0, result.stderr
    assert "prompt 第 0 个问题" in result.stdout
    assert "response 见 q0" in result.stdout


def test_doctor_finds_a_healthy_configuration(config: Path) -> None:
    """Exit code 0, each check on a line."""
    result = CliRunner().invoke(app, ["doctor", str(config), "--run-dir", str(config.parent / "run"), "--json"])

    report = json.loads(result.stdout)
    assert result.exit_code == 0
    assert report["ok"]
    assert {"teacher: my-model: key", "teacher: my-model: reachable", "open files", "disk"} <= {
        finding["check"] for finding in report["findings"]
    }


def test_doctor_exits_with_1_where_a_run_would_fail(config: Path) -> None:
    """The variable to set is named."""
    result = CliRunner().invoke(app, ["doctor", str(config), "--set", "endpoints.teacher.api_key_env=NOT_SET_ANYWHERE"])

    assert result.exit_code == 1
    assert "NOT_SET_ANYWHERE" in result.stdout


def test_a_replay_gives_the_same(config: Path) -> None:
    """With the network cut, from the journal alone."""
    run(config)

    result = CliRunner().invoke(app, ["verify", str(config.parent / "run"), "--replay", "--json"])

    report = json.loads(result.stdout)
    assert result.exit_code == 0
    assert report["replay"] == {"seeds": 12, "candidates": 12, "different": 0}
