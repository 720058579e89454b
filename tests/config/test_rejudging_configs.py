from __future__ import annotations

from pathlib import Path

import pytest

from stream_synth.config import check_config, regate_config
from stream_synth.errors import ConfigError
from tests.cli.finished import finished_run


def test_only_endpoints_that_gates_name_are_kept(tmp_path: Path) -> None:
    """A teacher with `serve:` would be started for nothing."""
    (tmp_path / "rows.jsonl").write_text('{"prompt": "p", "response": "r"}\n')
    path = tmp_path / "my.yaml"
    roles = "{teacher: {base_url: http://127.0.0.1:9/v1, model: m}, rules: {base_url: http://127.0.0.1:9/v1, model: m}}"
    path.write_text(f"run: {{seed: 5, limit: 3}}\nrecipe: distill\nendpoints: {roles}\ngates: [rules: {{}}]\n")

    config = check_config([tmp_path / "rows.jsonl"], config=path)

    assert list(config.endpoints) == ["rules"]
    assert (config.run.seed, config.run.limit, [gate.name for gate in config.gates]) == (5, None, ["rules"])


def test_gates_that_one_recipe_overrides_need_a_word(tmp_path: Path) -> None:
    """A regate has one chain for all rows, so it asks for it."""
    run = finished_run(tmp_path / "run")
    (run / "config.yaml").write_text(
        "recipe: [{name: distill, label: a, gates: {rules: null}}, {name: distill, label: b}]\ngates: [rules: {}]\n"
    )

    with pytest.raises(ConfigError, match="--config"):
        regate_config(run)


def test_unknown_keys_of_the_configuration_are_errors(tmp_path: Path) -> None:
    """As in every command."""
    (tmp_path / "rows.jsonl").write_text('{"prompt": "p", "response": "r"}\n')
    (tmp_path / "my.yaml").write_text("gate: []\n")

    with pytest.raises(ConfigError, match="did you mean gates"):
        check_config([tmp_path / "rows.jsonl"], config=tmp_path / "my.yaml")
