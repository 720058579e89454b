from __future__ import annotations

from typing import Any

import pytest

from stream_synth.config import load
from stream_synth.engine.changes import Change, compare

OLD: dict[str, Any] = {
    "run": {"name": "a", "seed": 1, "max_seconds": 5},
    "recipe": {"name": "distill", "temperature": 0.5},
    "source": {"kind": "program", "count": 3, "fields": {"question": "q{n}"}},
    "endpoints": {"teacher": {"base_url": "http://a/v1", "model": "m"}},
    "gates": [{"near_duplicate": {"threshold": 0.8}}],
}


def resolved(*overrides: str) -> Any:
    return load(OLD, overrides).resolved


@pytest.mark.parametrize(
    ("override", "kind"),
    [
        ("run.target_accepted=9", "free"),
        ("run.max_seconds=50", "free"),
        ("endpoints.teacher.base_url=http://b/v1", "free"),
        ("endpoints.teacher.price={input: 1, output: 1}", "free"),
        ("endpoints.teacher.requests_per_minute=9", "free"),
        ("endpoints.teacher=[{base_url: 'http://a/v1', model: m}, {base_url: 'http://b/v1', model: m, weight: 2}]", "free"),
        ("endpoints.judge={base_url: 'http://a/v1', model: other}", "free"),
        ("source.licence=MIT", "free"),
        ("source.passes=2", "free"),
        ("gates.0.near_duplicate.threshold=0.9", "gates"),
        ("gates=[]", "gates"),
        ("recipe.gates={near_duplicate: null}", "gates"),
        ("run.seed=2", "text"),
        ("recipe.temperature=0.6", "text"),
        ("recipe.system=hello", "text"),
        ("recipe.name=reasoning", "text"),
        ("endpoints.teacher.model=n", "text"),
        ("endpoints.teacher.params={top_k: 4}", "text"),
        ("endpoints.teacher.extra_body={enable_thinking: true}", "text"),
        ("endpoints.teacher=[{base_url: 'http://a/v1', model: m}, {base_url: 'http://b/v1', model: n}]", "text"),
        ("source.fields.question='{n}?'", "text"),
    ],
)
def test_a_change_is_told_by_what_it_means(override: str, kind: str) -> None:
    """Operation is free, gates are recorded, whatever changes text needs the user's word."""
    changes = compare(resolved(), resolved(override))

    assert getattr(changes, kind)
    if kind != "text":
        assert not changes.text


def test_a_change_shows_key_and_values() -> None:
    """What the user is asked about."""
    changes = compare(resolved(), resolved("recipe.temperature=0.6"))

    assert changes.text == (Change("recipe.temperature", 0.5, 0.6),)
    assert (changes.free, changes.gates) == ((), ())


def test_nothing_changed_is_nothing() -> None:
    """The same configuration asks nobody."""
    assert not compare(resolved(), resolved())


def test_weights_count_where_they_choose_the_model() -> None:
    """Between endpoints of one model they are operation, between models they change who answers."""
    pair = "endpoints.teacher=[{{base_url: 'http://a/v1', model: m}}, {{base_url: 'http://b/v1', model: {0}, weight: {1}}}]"

    same = compare(resolved(pair.format("m", 1)), resolved(pair.format("m", 3)))
    different = compare(resolved(pair.format("n", 1)), resolved(pair.format("n", 3)))

    assert not same.text
    assert [change.key for change in different.text] == ["endpoints.teacher[m].share", "endpoints.teacher[n].share"]


def test_gates_of_a_source_count_as_gates() -> None:
    """They are written back, load again, and change what is refused from now on, not what models are asked."""
    values = {"source": {"kind": "program", "count": 1, "gates": [{"rules": {"min_chars": 5}}, "exact_duplicate"]}, "recipe": "arithmetic"}

    config = load(values)

    assert [gate.name for gate in config.recipes[0].source_gates] == ["rules", "exact_duplicate"]
    assert load(config.resolved).resolved == config.resolved
    changes = compare(config.resolved, load({**values, "source": {"kind": "program", "count": 1}}).resolved)
    assert ([change.key for change in changes.gates], list(changes.text)) == (["source.gates"], [])
