"""Objects from a configuration: gates with their home, methods with their chain."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from stream_synth.engine.parts import Clocks, Method
from stream_synth.engine.settings import Config, GateSpec, RecipeSpec
from stream_synth.errors import ConfigError
from stream_synth.gates import GateHome, build_gate
from stream_synth.protocols import Gate, Recipe
from stream_synth.sources import identified
from stream_synth.values import BadRow, Seed

CLOCKS = Clocks(wall=time.time, monotonic=time.monotonic)


def build_methods(config: Config, directory: Path | None) -> tuple[Method, ...]:
    """One method per recipe entry.

    Recipes without overrides share their gates, so a twin is found across recipes; an overridden gate, or one that depends on the recipe's
    family, has a memory of its own.
    """
    home = GateHome(directory)
    shared = {spec.name: build_gate(spec.name, spec.options, home) for spec in config.gates}
    return tuple(_method(config, spec, shared, directory) for spec in config.recipes)


def _method(config: Config, spec: RecipeSpec, shared: Mapping[str, Gate], directory: Path | None) -> Method:
    chain: list[Gate] = []
    for gate in config.gates:
        override = spec.gate_overrides.get(gate.name, gate)
        if override is None:
            continue
        own = for_recipe(override, spec.recipe)
        chain.append(shared[gate.name] if own is gate else _own_gate(own, spec.label, directory))
    if directory is not None and spec.source_gates:  # they begin anew at every start: all seeds pass before them again
        shutil.rmtree(directory / "gates" / f"{spec.label}.source", ignore_errors=True)
    screen = tuple(_own_gate(gate, f"{spec.label}.source", directory) for gate in spec.source_gates)
    asking = next((gate.name for gate in screen if getattr(gate, "consults", False)), None)
    if asking is not None:
        raise ConfigError(f"source.gates: {asking} asks a model, but seeds are screened before the first call; list it in gates:")
    return Method(spec.label, spec.weight, spec.recipe, lambda: read_seeds(config, spec), tuple(chain), screen)


def for_recipe(gate: GateSpec, recipe: Recipe) -> GateSpec:
    """The gate with what its options leave to the recipe's family, by their method `for_family`; the same where that is nothing."""
    for_family = getattr(gate.options, "for_family", None)
    card = getattr(recipe, "card", None)
    options = gate.options if for_family is None or card is None else for_family(getattr(card, "family", ""))
    return gate if options is gate.options else replace(gate, options=options)


def _own_gate(gate: GateSpec, label: str, directory: Path | None) -> Gate:
    """Files of an overridden gate stand in a folder of their own beside the database."""
    home = None if directory is None else directory / "gates" / label
    if home is not None:
        home.mkdir(parents=True, exist_ok=True)
    return build_gate(gate.name, gate.options, GateHome(home))


def read_seeds(config: Config, spec: RecipeSpec) -> Iterator[Seed | BadRow]:
    """The method's seeds with run-wide unique ids."""
    seeds = identified(spec.source, passes=spec.passes, prefix=f"{spec.label}:" if len(config.recipes) > 1 else "")
    return seeds if config.run.rounds is None else map(_of_its_round, seeds)


def _of_its_round(row: Seed | BadRow) -> Seed | BadRow:
    """A round is a pass over the source; its rows say which in `meta.origin`."""
    return replace(row, origin={**row.origin, "round": row.pass_index + 1}) if isinstance(row, Seed) else row


def budgets(config: Config) -> dict[str, Any]:
    """The limits that the chat side enforces."""
    return {"max_cost_usd": config.run.max_cost_usd, "max_tokens": config.run.max_tokens}
