"""A checked configuration."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from stream_synth.chat.endpoint import Endpoint, read_key
from stream_synth.engine.options import RunOptions
from stream_synth.errors import ConfigError
from stream_synth.protocols import Recipe
from stream_synth.sources import SeedSource


@dataclass(frozen=True, slots=True)
class GateSpec:
    """One gate of the chain and an instance of its options."""

    name: str
    options: Any


@dataclass(frozen=True, slots=True)
class RecipeSpec:
    """One recipe with the source it expands."""

    label: str
    weight: float  # its share of accepted rows among the recipes
    recipe: Recipe
    source: SeedSource
    gate_overrides: Mapping[str, GateSpec | None] = field(default_factory=dict)  # by gate; None: this recipe goes without it
    source_gates: tuple[GateSpec, ...] = ()  # on seeds, before the first call

    @property
    def passes(self) -> int:
        """How often the source is read."""
        return int(getattr(self.source, "passes", 1))


@dataclass(frozen=True, slots=True)
class Config:
    """Everything a run needs, checked. `resolved` is the same as plain values, every default filled in and no secret in it."""

    run: RunOptions
    recipes: tuple[RecipeSpec, ...]
    endpoints: Mapping[str, tuple[Endpoint, ...]]
    gates: tuple[GateSpec, ...]
    resolved: Mapping[str, Any]
    config_hash: str
    path: Path | None = None
    expanded_secrets: Collection[str] = ()

    def secrets(self) -> list[str]:
        """Values that no log, file or error may show: the endpoints' keys and secret environment variables that the file used."""
        found = list(self.expanded_secrets)
        for endpoint in (one for many in self.endpoints.values() for one in many):
            with suppress(ConfigError):  # a missing key is told when the endpoint is used
                found.append(read_key(endpoint, os.environ))
        return [secret for secret in dict.fromkeys(found) if secret]
