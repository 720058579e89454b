from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import fields, is_dataclass
from typing import Any, get_args

import pytest

from stream_synth.errors import ConfigError
from stream_synth.protocols import Ask, Tools
from stream_synth.recipes import REGISTRY, Card, find_recipe
from stream_synth.recipes.code_exercises import CodeExercises
from stream_synth.recipes.shared.asking import Asking
from stream_synth.recipes.shared.card import Family, Need
from stream_synth.recipes.shared.scripted import try_recipe
from stream_synth.values import Completion, Rejected, Sample, Seed


class Echo:
    """A method of somebody else's."""

    name = "echo"

    async def expand(self, seed: Seed, ask: Ask, tools: Tools) -> AsyncIterator[Sample | Rejected]:
        """The question is the answer."""
        yield Sample(seed.fields["question"], seed.fields["question"])


class Returned:
    """A method that yields nothing."""

    name = "returned"

    async def expand(self, seed: Seed, ask: Ask, tools: Tools) -> list[Sample]:
        """A list, where candidates are to be yielded."""
        del ask, tools
        return [Sample(seed.fields["question"], "")]


class Shortened(CodeExercises):
    """A built-in under another name."""

    name = "shortened"


class Bare(Asking):
    """A method that asks, and has neither prompts nor card."""

    name = "bare"


async def test_own_class_is_found_by_module_and_name() -> None:
    """`module:Class` needs no registration."""
    kind: Any = find_recipe("tests.recipes.test_registry:Echo")

    (row,) = await try_recipe(kind(), {"question": "Hi"}, {})

    assert isinstance(row, Sample)
    assert row.response == "Hi"


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("reasonig", "did you mean 'reasoning'"),
        ("no.such:Thing", "module:Class"),
        ("tests.recipes.test_registry:Missing", "module:Class"),
        ("json:dumps", "is no recipe"),
        ("tests.recipes.test_registry:Returned", "has to yield"),
    ],
)
def test_unknown_name_says_what_to_write(name: str, remedy: str) -> None:
    """The nearest known one, or the form."""
    with pytest.raises(ConfigError, match=remedy):
        find_recipe(name)


@pytest.mark.parametrize("name", REGISTRY)
def test_every_recipe_has_a_card_and_options(name: str) -> None:
    """Name, card, and options that all have a default and a word of help."""
    kind: Any = find_recipe(name)

    assert kind.name == name
    assert isinstance(kind.card, Card)
    assert kind.card.family in get_args(Family)
    assert set(kind.card.needs) <= set(get_args(Need))
    assert json.loads(json.dumps(kind.card.as_json()))["summary"]
    assert is_dataclass(kind)
    assert all(option.metadata.get("help") for option in fields(kind))


@pytest.mark.parametrize(
    ("name", "options", "seed", "script"),
    [
        ("distill", {"compare": "rule"}, {"question": "3+4?", "answer": "7"}, {"answer": "hm</think>答案是7。"}),
        ("distill", {}, {"question": "3+4?", "answer": "7"}, {"answer": Completion("7", finish_reason="length")}),
        (
            "reasoning",
            {},
            {"question": "小明有三个苹果又买了四个，一共几个？", "answer": "7"},
            {"solve": "想一想苹果的数目是多少。</think>他一共有七个苹果。答案是7。"},
        ),
        (
            "reasoning",
            {"judge": True},
            {"question": "Why?", "answer": "Long\nprose"},
            {"solve": "So.", "judge": '{"correctness": "correct"}'},
        ),
        ("arithmetic", {"samples": 60}, {}, {}),
    ],
)
async def test_card_lists_every_key_and_reason(name: str, options: dict[str, Any], seed: dict[str, str], script: Any) -> None:
    """What a row's meta holds, and why a row is rejected, is on the card."""
    kind: Any = REGISTRY[name]

    rows = await try_recipe(kind(**options), seed, script)

    for row in rows:
        sample = row.sample if isinstance(row, Rejected) else row
        assert set(sample.meta) <= set(kind.card.meta_keys)
        if isinstance(row, Rejected):
            assert f"{row.step}/{row.reason}" in kind.card.rejects


def test_a_built_in_under_another_name_keeps_prompts_and_card() -> None:
    """What derives from a method finds its texts; what derives from none with texts has no card."""
    assert Shortened.card == CodeExercises.card
    assert Shortened().provenance("zh", "exercise")["prompt_hash"] == CodeExercises().provenance("zh", "exercise")["prompt_hash"]
    assert not hasattr(Bare, "card")
