from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from stream_synth import config
from stream_synth.cli import app
from stream_synth.cli.showing import READING_WIDTH
from stream_synth.journal import Journal
from stream_synth.recipes import REGISTRY

SHIPPED = Path(__file__).parents[2] / "configs" / "data"


def test_recipes_lists_every_method() -> None:
    """Name and what it does, in lines that can be read where the list is piped."""
    result = CliRunner().invoke(app, ["recipes"])

    assert result.exit_code == 0
    assert all(name in result.stdout for name in REGISTRY)
    assert max(map(len, result.stdout.splitlines())) <= READING_WIDTH


@pytest.mark.parametrize("name", REGISTRY)
def test_one_recipe_in_detail(name: str) -> None:
    """Its card and every option with its default."""
    result = CliRunner().invoke(app, ["recipes", name])

    assert result.exit_code == 0
    assert REGISTRY[name].card.summary in result.stdout  # type: ignore[attr-defined]
    assert "option" in result.stdout


def test_recipes_as_json() -> None:
    """Family, needs, roles, meta keys and options of each."""
    result = CliRunner().invoke(app, ["recipes", "--json"])

    stated = json.loads(result.stdout)
    assert [one["name"] for one in stated] == list(REGISTRY)
    assert {"family", "paper", "needs", "roles", "fields_in", "meta_keys", "options"} <= stated[0].keys()


def test_an_unknown_recipe_is_a_usage_error() -> None:
    """The nearest name is given."""
    result = CliRunner().invoke(app, ["recipes", "distil"])

    assert result.exit_code == 2
    assert "'distill'" in result.stderr


@pytest.mark.parametrize("name", REGISTRY)
def test_a_starter_configuration_loads(tmp_path: Path, name: str) -> None:
    """What `init` writes is checked and accepted as it stands, once its rows are there, a column for each field."""
    out = tmp_path / "my.yaml"
    card = REGISTRY[name].card  # type: ignore[attr-defined]
    row = json.dumps(dict.fromkeys(card.fields_in, "1 + 1?"))
    (tmp_path / "questions.jsonl").write_text(f"{row}\n")
    shutil.copy(SHIPPED / "seed_tasks.jsonl", tmp_path)
    (tmp_path / "runs/earlier").mkdir(parents=True)
    Journal.open(tmp_path / "runs/earlier").close()

    result = CliRunner().invoke(app, ["init", "--recipe", name, "-o", str(out)])

    assert result.exit_code == 0
    assert out.read_text(encoding="utf-8").startswith("#")
    assert config.load(out).recipes[0].recipe.name == name


def test_a_starter_maps_the_gold_answer_that_a_method_needs() -> None:
    """Left commented out, every row would be rejected for want of it; an optional field stays a comment."""
    needed, optional = config.starter("star"), config.starter("reasoning")

    assert '    answer: "{answer}"' in needed
    assert '    # answer: "{answer}"' in optional


def test_init_prints_without_a_file() -> None:
    """To read, or to redirect."""
    result = CliRunner().invoke(app, ["init"])

    assert "endpoints:" in result.stdout


def test_init_never_overwrites_by_itself(tmp_path: Path) -> None:
    """A file that stands there stays, unless `--force`."""
    out = tmp_path / "my.yaml"
    out.write_text("mine")

    refused = CliRunner().invoke(app, ["init", "-o", str(out)])
    kept = out.read_text()
    forced = CliRunner().invoke(app, ["init", "-o", str(out), "--force"])

    assert (refused.exit_code, kept) == (2, "mine")
    assert forced.exit_code == 0
    assert out.read_text(encoding="utf-8") != "mine"


def test_a_method_in_the_working_directory_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`module:Class` as a configuration would find it beside itself."""
    (tmp_path / "beside_me.py").write_text(
        "from stream_synth.recipes.distill import Distill\nclass Mine(Distill):\n    name = 'mine'\n", encoding="utf-8"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.path", [one for one in sys.path if one])

    detail = CliRunner().invoke(app, ["recipes", "beside_me:Mine"])
    starter = CliRunner().invoke(app, ["init", "--recipe", "beside_me:Mine"])

    assert (detail.exit_code, starter.exit_code) == (0, 0), detail.stderr + starter.stderr
    assert "teacher" in detail.stdout
    assert "name: beside_me:Mine" in starter.stdout
