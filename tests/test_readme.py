"""What the README says is true: its commands exist, its lists are complete."""

from __future__ import annotations

import re
import shlex
from dataclasses import fields
from pathlib import Path

import pytest
from typer.main import get_command
from typer.testing import CliRunner

import stream_synth
from stream_synth.cli import app

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BASH = re.findall(r"^```bash\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
SHOWN = [
    line[2:].split("  #")[0]
    for block in re.findall(r"^```console\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
    for line in block.splitlines()
]


def options_of(command: str) -> set[str]:
    """The options a command really has."""
    group = get_command(app)
    return {option for parameter in group.commands[command].params for option in parameter.opts}  # type: ignore[attr-defined]


def named_in(section: str) -> set[str]:
    """What stands in back quotes in the first column of the tables of a section."""
    text = README.partition(f"\n## {section}\n")[2].partition("\n## ")[0]
    first_columns = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `")]
    return {name for column in first_columns for name in re.findall(r"`([^`]+)`", column)}


def test_there_are_two_commands_to_copy() -> None:
    """The first runs the quickstart, the second the tests; `.ci/run` runs both as they stand."""
    assert len(BASH) == 2
    assert "stream-synth run configs/quickstart.yaml" in BASH[0]
    assert BASH[1].strip().endswith("pytest")


def test_files_in_the_commands_exist() -> None:
    """Every path under configs/ that the README names."""
    named = set(re.findall(r"configs/[\w./-]+\w", README))

    assert named
    assert all((ROOT / path).exists() for path in named)


@pytest.mark.parametrize("line", SHOWN)
def test_commands_and_options_exist(line: str) -> None:
    """Each command line shown parses with the options it uses."""
    program, command, *arguments = shlex.split(line)

    assert program == "stream-synth"
    assert {one for one in arguments if one.startswith("-")} <= options_of(command)
    assert CliRunner().invoke(app, [command, "--help"]).exit_code == 0


def test_options_in_the_text_exist() -> None:
    """Every --option that is mentioned belongs to some command."""
    group = get_command(app)
    known = {option for command in group.commands for option in options_of(command)}  # type: ignore[attr-defined]

    assert set(re.findall(r"`(--[a-z-]+)", README)) <= known


def test_recipes_and_gates_are_all_listed() -> None:
    """One table row for each, and none that does not exist."""
    from stream_synth.gates import REGISTRY as GATES  # noqa: PLC0415
    from stream_synth.recipes import REGISTRY as RECIPES  # noqa: PLC0415

    assert named_in("Recipes and gates") == GATES.keys() | RECIPES.keys()


def test_configuration_keys_are_all_listed() -> None:
    """The tables name every option of a run and of an endpoint."""
    from stream_synth.chat import Endpoint  # noqa: PLC0415
    from stream_synth.engine.options import RunOptions  # noqa: PLC0415

    named = named_in("Configuration")

    assert {field.name for field in (*fields(Endpoint), *fields(RunOptions))} <= named


def test_source_kinds_are_all_listed() -> None:
    """In the row that tells of `kind`."""
    from stream_synth.sources import REGISTRY as SOURCES  # noqa: PLC0415

    [line] = [line for line in README.splitlines() if line.startswith("| `kind` |")]

    assert SOURCES.keys() <= set(re.findall(r"`([^`]+)`", line))


def test_formats_and_exit_codes_are_all_listed() -> None:
    """As the code has them."""
    from stream_synth.engine.stopping import EXIT_CODES  # noqa: PLC0415
    from stream_synth.export import FORMATS  # noqa: PLC0415

    codes = {int(code) for code in re.findall(r"^\| (\d+) \|", README, re.MULTILINE)}

    assert all(f"`{name}`" in README for name in FORMATS)
    assert codes == {*EXIT_CODES.values(), 2}


def test_python_names_exist() -> None:
    """Everything the examples take from the package is there."""
    named = set(re.findall(r"\bss\.(\w+)", README)) | {
        name.strip() for names in re.findall(r"^from stream_synth import (.+)$", README, re.MULTILINE) for name in names.split(",")
    }

    assert named <= set(stream_synth.__all__)


def test_python_examples_parse() -> None:
    """A reader can paste them."""
    for block in re.findall(r"^```python\n(.*?)^```$", README, re.DOTALL | re.MULTILINE):
        body = "async def example():\n" + "\n".join(f"    {line}" for line in block.splitlines())

        compile(body, "README.md", "exec")
