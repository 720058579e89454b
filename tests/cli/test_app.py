from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

import stream_synth
from stream_synth.cli import app
from stream_synth.cli.app import Commands, exit_code
from stream_synth.errors import BudgetExhausted, ConfigError, EndpointDown, LockedError
from tests.cli.finished import finished_run

COMMANDS = ("run", "preview", "status", "sql", "export", "verify", "doctor", "init", "recipes", "simulate")


def program(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "stream_synth", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)  # noqa: S603  # our own command line


def test_help_answers_at_once() -> None:
    """Best of three under half a second, as a user's shell sees it."""
    times = []
    for _ in range(3):
        start = time.perf_counter()
        result = program("--help")
        times.append(time.perf_counter() - start)

    assert result.returncode == 0
    assert all(f"\n  {command} " in result.stdout for command in COMMANDS)
    assert min(times) < 0.5


def test_version_is_the_package_version() -> None:
    """As `pip show` says it."""
    result = CliRunner().invoke(app, ["--version"])

    assert result.stdout == f"stream-synth {stream_synth.__version__}\n"


@pytest.mark.parametrize("arguments", [["fly"], ["run"], ["sql", "x"], ["run", "a.yaml", "--limit", "-1"], ["--fast"]])
def test_a_wrong_command_line_exits_with_2(arguments: list[str]) -> None:
    """The usage is shown; nothing is done."""
    result = CliRunner().invoke(app, arguments)

    assert result.exit_code == 2
    assert "Usage:" in result.stderr


@pytest.mark.parametrize(
    ("error", "code"), [(ConfigError("x"), 2), (BudgetExhausted("x"), 3), (EndpointDown("x"), 1), (LockedError("x"), 1), (OSError("x"), 1)]
)
def test_each_kind_of_end_has_its_code(error: Exception, code: int) -> None:
    """As the contract lists them."""
    assert exit_code(error) == code


def commands_that_raise(error: BaseException) -> typer.Typer:
    made = typer.Typer(cls=Commands, pretty_exceptions_enable=False)

    @made.callback()
    def options() -> None: ...

    @made.command()
    def go() -> None:
        raise error

    return made


def test_an_error_of_ours_is_one_line() -> None:
    """Line breaks in a message do not make it two; control characters of a server's words are shown, not sent."""
    result = CliRunner().invoke(commands_that_raise(EndpointDown("teacher:\n  401 \x1b[31mfrom host")), ["go"])

    assert result.stderr == "error: teacher: 401 \\x1b[31mfrom host\n"
    assert result.exit_code == 1


def test_ctrl_c_is_no_error() -> None:
    """Exit code 130 and no traceback."""
    result = CliRunner().invoke(commands_that_raise(KeyboardInterrupt()), ["go"])

    assert result.exit_code == 130
    assert result.stderr == "interrupted\n"


def test_a_bug_keeps_its_traceback() -> None:
    """What is not a user's mistake is not hidden."""
    result = CliRunner().invoke(commands_that_raise(ZeroDivisionError("bug")), ["go"])

    assert isinstance(result.exception, ZeroDivisionError)


def test_a_reader_that_left_is_no_error(tmp_path: Path) -> None:
    """`stream-synth sql … | head -c 1` ends quietly."""
    run_dir = finished_run(tmp_path / "finished")
    wide = f"{sys.executable} -m stream_synth sql {run_dir} 'SELECT repeat(id, 300000) FROM samples' --format csv | head -c 1"  # noqa: S608

    result = subprocess.run(["bash", "-o", "pipefail", "-c", wide], capture_output=True, text=True, check=False, timeout=60)  # noqa: S603, S607

    assert (result.returncode, result.stderr) == (0, "")
