"""The configurations and starters that ship load, and hold what they promise."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from stream_synth.config import load, starter
from stream_synth.errors import ConfigError
from stream_synth.journal import Journal
from stream_synth.recipes import REGISTRY, find_recipe
from stream_synth.values import Seed

CONFIGS = Path(__file__).parents[2] / "configs"
SHIPPED = sorted(path.name for path in CONFIGS.glob("*.yaml"))


def row_for(recipe: str) -> dict[str, str]:
    """A row with every column that the recipe's card names."""
    return dict.fromkeys(find_recipe(recipe).card.fields_in, "x")  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_configuration_loads(name: str) -> None:
    """Without any variable set, and with every variable pointing elsewhere."""
    outside = {"SS_BASE_URL": "http://127.0.0.1:9/v1", "SS_MODEL": "other", "SS_API_KEY_ENV": "OTHER_KEY"}

    plain, elsewhere = load(CONFIGS / name, environ={}), load(CONFIGS / name, environ=outside)

    assert plain.recipes
    for endpoint in (one for many in elsewhere.endpoints.values() for one in many):
        assert (endpoint.base_url, endpoint.model, endpoint.api_key_env) == tuple(outside.values())
        assert endpoint.serve is None


def test_the_quickstart_needs_no_key_and_no_network() -> None:
    """It starts its own server, and asks few enough questions, some of them checkable, in two languages."""
    config = load(CONFIGS / "quickstart.yaml", environ={})

    (endpoint,) = config.endpoints["teacher"]
    seeds = [seed for seed in config.recipes[0].source.seeds() if isinstance(seed, Seed)]
    assert endpoint.serve is not None
    assert not endpoint.api_key_env
    assert 20 <= len(seeds) <= 30
    assert sum("answer" in seed.fields for seed in seeds) >= 5
    assert any(not seed.fields["question"].isascii() for seed in seeds)


def test_the_course_sends_the_question_as_it_stands() -> None:
    """Instruction, line feed, input; thinking switched on; ten rows; streamed."""
    config = load(CONFIGS / "course.yaml", environ={})

    (endpoint,) = config.endpoints["teacher"]
    first = next(config.recipes[0].source.seeds())
    assert isinstance(first, Seed)
    assert first.fields["question"].count("\n") == 1
    assert config.run.limit == 10
    assert endpoint.stream is True
    assert endpoint.extra_body == {"enable_thinking": True, "thinking_budget": 4096}


def a_starters_rows(folder: Path, recipe: str) -> None:
    """The files that starters name."""
    (folder / "questions.jsonl").write_text(json.dumps(row_for(recipe)), encoding="utf-8")
    tasks = [json.dumps({"instruction": f"Name {number} birds.", "input": "", "output": "…"}) for number in range(8)]
    (folder / "seed_tasks.jsonl").write_text("\n".join(tasks), encoding="utf-8")
    (folder / "runs/earlier").mkdir(parents=True)
    Journal.open(folder / "runs/earlier").close()


@pytest.mark.parametrize("recipe", [None, *REGISTRY])
def test_a_starter_loads_as_it_stands(recipe: str | None, tmp_path: Path) -> None:
    """Once its rows are there, nothing has to be changed to check it."""
    a_starters_rows(tmp_path, recipe or "distill")
    (tmp_path / "my.yaml").write_text(starter(recipe), encoding="utf-8")

    config = load(tmp_path / "my.yaml", environ={})

    assert config.recipes[0].label == (recipe or "distill")


@pytest.mark.parametrize(
    ("recipe", "needed"),
    [
        ("tool_calls", {"tools", "functions"}),
        ("tool_maker", {"demos", "validation"}),
        ("given", {"question", "response"}),
        ("distill", set()),
    ],
)
def test_a_starter_maps_the_fields_without_which_no_seed_gets_far(recipe: str, needed: set[str], tmp_path: Path) -> None:
    """They are not commented out; optional ones are."""
    a_starters_rows(tmp_path, recipe)
    (tmp_path / "my.yaml").write_text(starter(recipe), encoding="utf-8")

    config = load(tmp_path / "my.yaml", environ={})

    seed = next(config.recipes[0].source.seeds())
    assert isinstance(seed, Seed)
    assert needed <= set(seed.fields)
    assert "lang" not in seed.fields


@pytest.mark.parametrize("recipe", REGISTRY)
def test_every_needed_field_is_on_the_card(recipe: str) -> None:
    """Where its meaning stands."""
    card = find_recipe(recipe).card  # type: ignore[attr-defined]

    assert {*card.needed, *card.one_of} <= set(card.fields_in)


@pytest.mark.parametrize("recipe", REGISTRY)
def test_what_a_starter_comments_out_is_a_default(recipe: str, tmp_path: Path) -> None:
    """Switching every commented option on changes nothing."""
    a_starters_rows(tmp_path, recipe)
    head, mark, rest = starter(recipe).partition("\nrecipe:\n")
    block, gap, tail = rest.partition("\n\n")
    (tmp_path / "plain.yaml").write_text(head + mark + rest, encoding="utf-8")
    (tmp_path / "open.yaml").write_text(head + mark + re.sub(r"^  # ", "  ", block, flags=re.MULTILINE) + gap + tail, encoding="utf-8")

    plain, opened = load(tmp_path / "plain.yaml", environ={}), load(tmp_path / "open.yaml", environ={})

    assert opened.resolved == plain.resolved


def test_an_unknown_starter_names_the_nearest() -> None:
    """A typo is told like in a configuration."""
    with pytest.raises(ConfigError, match="distill"):
        starter("distil")
