"""Templates and expressions of YAML methods: Jinja in its sandbox, with the checks of `verify` as functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from jinja2 import StrictUndefined, TemplateError, meta, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from stream_synth.errors import ConfigError
from stream_synth.recipes.steps.functions import FUNCTIONS


@lru_cache(maxsize=1)
def _environment() -> ImmutableSandboxedEnvironment:
    made = ImmutableSandboxedEnvironment(undefined=StrictUndefined, keep_trailing_newline=True, autoescape=False)
    made.globals.update(FUNCTIONS)
    return made


@lru_cache(maxsize=1024)  # every prompt and expression of a configuration, many times over
def filled(template: str) -> Callable[[Mapping[str, Any]], str]:
    """The template as a function of the row's values. `ConfigError` when it is no Jinja; a name that is not there raises `KeyError`."""
    try:
        compiled = _environment().from_string(template)
    except TemplateError as error:
        raise ConfigError(f"template {template[:60]!r}: {error}") from error
    return lambda values: str(_named(lambda: compiled.render(values), template))


@lru_cache(maxsize=1024)
def computed(expression: str) -> Callable[[Mapping[str, Any]], Any]:
    """The expression as a function of the row's values; the same errors."""
    try:
        compiled = _environment().compile_expression(expression, undefined_to_none=False)
    except TemplateError as error:
        raise ConfigError(f"expression {expression!r}: {error}") from error
    return lambda values: _named(lambda: compiled(values), expression)


def names_needed(source: str, *, expression: bool = False) -> frozenset[str]:
    """The values that a template must find: those it neither sets, nor has a default for, nor asks whether they are there."""
    parsed = _environment().parse("{{ " + source + " }}" if expression else source)
    optional = {
        name.name
        for node in parsed.find_all((nodes.Filter, nodes.Test))
        if node.name in {"default", "d", "defined", "undefined"}
        for name in node.find_all(nodes.Name)
    }
    return frozenset(meta.find_undeclared_variables(parsed) - optional - set(FUNCTIONS) - set(_environment().globals))


def _named(make: Callable[[], Any], source: str) -> Any:  # noqa: ANN401
    """A name that the row lacks is the author's mistake: it says which one, and where."""
    try:
        made = make()
        if isinstance(made, StrictUndefined):
            str(made)  # raises, naming what is missing
    except TemplateError as error:
        raise KeyError(f"{error} in {source[:80]!r}") from error
    return made
