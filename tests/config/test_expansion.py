from __future__ import annotations

from typing import Any

import pytest

from stream_synth.config.expansion import Expander, is_secret, settled, with_overrides
from stream_synth.errors import ConfigError


def expanded(value: object, **environ: str) -> Any:
    return settled(Expander(environ, "c.yaml").expand(value))


def test_variables_are_filled_in_values_only() -> None:
    """Keys stay as they are; `$${` is a literal; an empty variable counts as not set."""
    value = {"${A}": ["${A}", "x-${A}-${B:-b c}", "$${A}", "${E:-5}", "$A {x}"]}

    assert expanded(value, A="1", E="") == {"${A}": [1, "x-1-b c", "${A}", 5, "$A {x}"]}


@pytest.mark.parametrize("text", ["${", "${1A}", "${A", "${A:b}"])
def test_a_variable_that_cannot_be_read_is_refused(text: str) -> None:
    """It is told, not sent to a model."""
    with pytest.raises(ConfigError, match=r"cannot read the variable"):
        expanded(text)


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        ("OPENAI_API_KEY", True),
        ("HF_TOKEN", True),
        ("access-key", True),
        ("SS_API_KEY_ENV", False),
        ("MAX_TOKENS", False),
        ("MODEL", False),
    ],
)
def test_secrets_are_told_by_their_names(name: str, secret: bool) -> None:  # noqa: FBT001  # a table of facts
    """A variable that names another variable is no secret, nor is a number of tokens."""
    assert is_secret(name) is secret


def test_overrides_reach_into_mappings_and_lists() -> None:
    """Steps are keys or numbers; what is missing on the way is made; the number after the last appends."""
    values = {"run": None, "recipe": [{"name": "a"}]}

    made = with_overrides(values, ["run.seed=7", "recipe.0.params={top_k: 5}", "recipe.1.name=b"], Expander({}, "c.yaml"))

    assert made == {"run": {"seed": 7}, "recipe": [{"name": "a", "params": {"top_k": 5}}, {"name": "b"}]}
    assert values == {"run": None, "recipe": [{"name": "a"}]}


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("run.seed", "write KEY=VALUE"),
        ("a.b=1", "holds no keys"),
        ("list.x=1", "no place in a list of 1"),
        ("list.5=1", "no place in a list"),
    ],
)
def test_an_override_that_cannot_be_placed_is_named(override: str, message: str) -> None:
    """The option and the reason."""
    with pytest.raises(ConfigError, match=message):
        with_overrides({"a": 1, "list": [1]}, [override], Expander({}, "c.yaml"))
