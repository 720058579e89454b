from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from stream_synth.assemble.build import build_methods, for_recipe
from stream_synth.config import load
from stream_synth.engine.settings import GateSpec
from stream_synth.gates.rules.options import RuleOptions
from stream_synth.gates.toxicity import Toxicity, ToxicityOptions
from stream_synth.recipes import REGISTRY
from tests.assemble.rig import Echo

AUTO = GateSpec("toxicity", ToxicityOptions())


@pytest.mark.parametrize(
    ("recipe", "action"),
    [
        ("distill", "reject"),
        ("reasoning", "reject"),
        ("magpie", "reject"),
        ("preference", "reject"),
        ("constitutional", "reject"),
        ("textbook", "flag"),
        ("quality_label", "flag"),
        ("metamath", "flag"),
        ("star", "flag"),
        ("arithmetic", "auto"),
        ("given", "auto"),
    ],
)
def test_what_toxic_rows_meet_follows_from_the_family(recipe: str, action: str) -> None:
    """Who teaches how to speak to people rejects, textbooks and maths flag, and programs look at each row."""
    assert for_recipe(AUTO, REGISTRY[recipe]()).options.action == action


def test_what_the_user_says_holds_for_every_family() -> None:
    """So do gates that no family concerns, and recipes without a card get what is written."""
    flag, rules = GateSpec("toxicity", ToxicityOptions(action="flag")), GateSpec("rules", RuleOptions())

    assert for_recipe(flag, REGISTRY["distill"]()) is flag
    assert for_recipe(rules, REGISTRY["distill"]()) is rules
    assert for_recipe(AUTO, Echo()) is AUTO


def test_each_recipe_of_a_run_has_the_gate_of_its_family(tmp_path: Path) -> None:
    """Two recipes under one line of `gates:`; one that a recipe overrides is decided in the same way."""
    (tmp_path / "rows.jsonl").write_text('{"question": "1 + 1?", "answer": "2"}\n', encoding="utf-8")
    source = {"kind": "jsonl", "path": str(tmp_path / "rows.jsonl"), "fields": {"question": "{question}", "answer": "{answer}"}}
    recipes: list[dict[str, Any]] = [
        {"name": "distill", "source": source},
        {"name": "metamath", "source": source},
        {"name": "distill", "label": "own", "source": source, "gates": {"toxicity": {"min_hits": 2}}},
    ]
    endpoints = {role: {"base_url": "http://127.0.0.1:9/v1", "model": "m"} for role in ("teacher", "judge", "rewriter")}

    methods = build_methods(load({"recipe": recipes, "gates": [{"toxicity": {}}], "endpoints": endpoints}), tmp_path)

    options = [gate.options for method in methods for gate in method.gates if isinstance(gate, Toxicity)]
    assert [(one.action, one.min_hits) for one in options] == [("reject", 1), ("flag", 1), ("reject", 2)]
