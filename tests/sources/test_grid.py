from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from stream_synth.config import load
from stream_synth.errors import ConfigError
from stream_synth.sources.grid import Grid
from stream_synth.sources.identity import identified
from stream_synth.values import BadRow, Seed

ENDPOINT = {"teacher": {"base_url": "http://127.0.0.1:1/v1", "model": "m"}}


def fields(source: Any) -> list[Any]:
    return [dict(seed.fields) for seed in source.seeds() if isinstance(seed, Seed)]


@pytest.fixture
def topics(tmp_path: Path) -> Path:
    rows = [{"topic": "潮汐", "lang": "zh", "n": 1}, {"topic": "tides", "lang": "en", "n": 3}]
    (tmp_path / "topics.jsonl").write_text("\n".join(json.dumps(row) for row in rows) + "\nnot json\n", encoding="utf-8")
    (tmp_path / "names.txt").write_text("alpha\n\n乙\n", encoding="utf-8")
    return tmp_path


def test_each_combination_once() -> None:
    """Without a count: the product, in order."""
    grid = Grid(axes={"topic": ["a", "b"], "for": {"children": 1.0, "experts": 3.0}})

    assert fields(grid) == [{"topic": topic, "for": who} for topic in "ab" for who in ("children", "experts")]


def test_draws_by_weight_and_always_the_same() -> None:
    """With a count: shares follow the weights; a second reading gives the same rows, another seed others."""
    grid = Grid(axes={"for": {"children": 1.0, "experts": 3.0}}, count=2_000)

    drawn = Counter(one["for"] for one in fields(grid))

    assert 0.70 < drawn["experts"] / 2_000 < 0.80
    assert fields(grid) == fields(grid)
    assert fields(grid) != fields(Grid(axes=grid.axes, count=2_000, draw_seed=1))


def test_some_axes_are_gone_through_and_the_rest_drawn() -> None:
    """Every topic `draws` times, each time with an audience and a number of its own; ids are numbers."""
    axes = {"topic": ["a", "b", "c"], "for": ["x", "y"], "temperature": {"uniform": [0.2, 0.4]}}

    rows = fields(Grid(axes=axes, each=["topic"], draws=40))

    assert [row["topic"] for row in rows] == [topic for topic in "abc" for _ in range(40)]
    assert {row["for"] for row in rows} == {"x", "y"}
    assert all(0.2 <= row["temperature"] <= 0.4 for row in rows)
    assert [seed.id for seed in identified(Grid(axes=axes, count=2)) if isinstance(seed, Seed)] == ["1", "2"]


def test_rows_of_a_file_bring_all_their_columns(topics: Path) -> None:
    """A file, or any other source; a broken row is told, a condition may look at a column."""
    level = {"by": "lang", "cases": {"zh": ["小学"], "en": ["primary", "secondary"]}}

    read = list(Grid(axes={"subject": {"file": str(topics / "topics.jsonl")}, "level": level}).seeds())

    assert [seed.fields["level"] for seed in read if isinstance(seed, Seed)] == ["小学", "primary", "secondary"]
    assert isinstance(read[0], Seed)
    assert read[0].fields == {"topic": "潮汐", "lang": "zh", "n": 1, "level": "小学"}
    assert [row.position for row in read if isinstance(row, BadRow)] == ["topics.jsonl line 3"]


def test_weights_and_columns_of_a_file(topics: Path) -> None:
    """One column of it, drawn by another; lines of a text file are values; broken rows of a drawn axis are told first."""
    source = {"kind": "jsonl", "path": str(topics / "topics.jsonl")}
    axes = {"topic": {"source": source, "column": "topic", "weight": "n"}, "name": {"file": str(topics / "names.txt")}}

    read = list(Grid(axes=axes, count=400).seeds())

    drawn = Counter(row.fields["topic"] for row in read if isinstance(row, Seed))
    assert isinstance(read[0], BadRow)
    assert 0.68 < drawn["tides"] / 400 < 0.82
    assert {row.fields["name"] for row in read if isinstance(row, Seed)} == {"alpha", "乙"}


def test_an_axis_depends_on_another() -> None:
    """Each case has values and weights of its own; a value without a case has no such field, or takes `otherwise`."""
    by = {"by": "for", "cases": {"children": ["story"], "experts": {"paper": 9.0, "talk": 1.0}}}
    crossed = fields(Grid(axes={"for": ["children", "experts", "others"], "form": by}))
    other = fields(Grid(axes={"for": ["others"], "form": {**by, "cases": {}, "otherwise": ["essay"]}}))
    drawn = Counter(row["form"] for row in fields(Grid(axes={"for": ["experts", "children"], "form": by}, count=1_000)))

    assert [row.get("form") for row in crossed] == ["story", "paper", "talk", None]
    assert other == [{"for": "others", "form": "essay"}]
    assert drawn["story"] > drawn["paper"] > 5 * drawn["talk"] > 0


@pytest.mark.parametrize(
    ("spec", "low", "high"),
    [({"uniform": [0, 1]}, 0, 1), ({"integers": [2, 4]}, 2, 4), ({"normal": [5, 0.1]}, 4, 6), ({"lognormal": [800, 0.1]}, 400, 1600)],
)
def test_numbers_come_from_distributions(spec: Any, low: float, high: float) -> None:
    """Within their range, and not one number only."""
    drawn = [row["x"] for row in fields(Grid(axes={"x": spec}, count=200))]

    assert all(low <= one <= high for one in drawn)
    assert len(set(drawn)) > 2


@pytest.mark.parametrize(
    ("axes", "more", "told"),
    [
        ({"a": []}, {}, "axes.a has nothing to choose"),
        ({"a": {"x": 0}}, {}, "axes.a has nothing to choose"),
        ({"a": {"values": ["x"], "weights": [1, 2]}}, {}, "axes.a has nothing to choose"),
        ({"a": {"fiel": "x"}}, {}, "axes.a holds fiel; give a list"),
        ({"a": "x"}, {}, "axes.a is 'x'"),
        ({"a": {"uniform": [2, 1]}}, {"count": 1}, "axes.a is .* empty"),
        ({"a": {"uniform": [1, 2]}}, {}, "source.count is missing"),
        ({"a": ["x"]}, {"each": ["b"]}, "each names b; it may name nothing"),
        ({"a": ["x"], "b": {"by": "c", "cases": {}}}, {}, "axes.b goes by 'c'"),
        ({"b": {"by": "a", "cases": {}}, "a": ["x"]}, {}, "axes.b goes by 'a'"),
        ({"a": ["x"], "b": {"by": "a", "cases": {"y": ["z"]}}}, {}, "axes.b.cases has y; a is one of x"),
        ({"a": {"source": {"kind": "jsnl", "path": "x"}}}, {}, "axes.a source.kind 'jsnl'"),
        ({}, {}, "at least one axis"),
    ],
)
def test_mistakes_are_named(axes: Any, more: Any, told: str) -> None:
    """The axis and the remedy."""
    with pytest.raises(ConfigError, match=told):
        Grid(axes=axes, **more)


def test_configuration_finds_files_and_gives_the_runs_seed(topics: Path) -> None:
    """Beside the configuration; what is resolved can be read again, and draws are those of `run.seed` unless said otherwise."""
    nested = {"kind": "jsonl", "path": "topics.jsonl", "fields": {"question": "{topic}?"}}
    axes = {"q": {"source": nested}, "name": {"by": "question", "cases": {"tides?": {"file": "names.txt"}}}}
    given = {
        "run": {"name": "t", "seed": 5},
        "source": {"kind": "grid", "axes": axes, "count": 30},
        "recipe": "distill",
        "endpoints": ENDPOINT,
    }

    config = load(given, environ={}, folder=topics)
    again = load(config.resolved, environ={})

    assert config.resolved["source"]["draw_seed"] == 5
    assert fields(config.recipes[0].source) == fields(again.recipes[0].source)
    assert {row.get("name") for row in fields(again.recipes[0].source)} == {None, "alpha", "乙"}
    assert again.config_hash == config.config_hash


def test_a_mistake_in_a_nested_source_is_named_like_any_other(topics: Path) -> None:
    """With its dotted path and the nearest key."""
    source = {"kind": "grid", "axes": {"q": {"source": {"kind": "jsonl", "pth": "topics.jsonl"}}}}

    with pytest.raises(ConfigError, match=r"source\.axes\.q\.source\.pth is unknown; did you mean path"):
        load({"source": source, "recipe": "distill", "endpoints": ENDPOINT}, environ={}, folder=topics)
