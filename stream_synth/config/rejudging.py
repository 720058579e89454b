"""Configurations for `check` and `regate`: the gates of a file over rows that are there already."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from stream_synth.config.load import load
from stream_synth.config.reading import read_file
from stream_synth.engine.settings import Config
from stream_synth.errors import ConfigError
from stream_synth.protocols import Recipe
from stream_synth.recipes.given import Given
from stream_synth.recipes.regated import Regated
from stream_synth.sources import Decided, Files, SeedSource

RUN_KEYS = ("seed", "max_bugs", "max_cost_usd", "max_tokens", "max_seconds", "durability", "grace_s", "stop_on_collapse")
_FIELD = re.compile(r",(?=\s*\w+\s*=)")


def check_config(files: Sequence[Path], fields: str = "", config: Path | None = None) -> Config:
    """The gates of `config`, or the default chain, over the rows of these files. Recipe and source of `config` are left aside.

    `fields` is `id=…,prompt=…,response=…`: a column or a template for each; without it well-known columns are recognised.
    """
    mapped = fields_of(fields)
    known = mapped.pop("id", "")
    source = Files(paths=tuple(str(path.absolute()) for path in files), fields=mapped, id=known)
    raw = raw_config(config)
    own = raw.get("recipe")
    return _loaded(raw, source, Given(), own if isinstance(own, Mapping) and own.get("name") == "given" else {}, config)


def regate_config(directory: Path, config: Path | None = None) -> Config:
    """The gates of `config`, or those the run in `directory` had, over every candidate in its journal."""
    had = directory / "config.yaml"
    raw = raw_config(config or (had if had.exists() else None))
    overridden = next((one.get("label") for one in _recipes(raw) if one.get("gates")), None)
    if overridden is not None and config is None:
        raise ConfigError(f"{had}: recipe {overridden} overrides gates, which regate cannot; give one chain for all rows by --config")
    labels = {str(one.get("label") or one.get("name")) for one in _recipes(raw_config(had if had.exists() else None))}
    label = {"label": labels.pop()} if len(labels) == 1 else {}
    return _loaded(raw, Decided(path=str(directory.absolute())), Regated(), label, config)


def raw_config(path: Path | None) -> dict[str, Any]:
    """The file as it stands; empty without one."""
    raw = read_file(path) if path is not None else {}
    if not isinstance(raw, Mapping):
        raise ConfigError(f"{path}: must be a mapping of keys and values, such as gates: [rules: {{}}]")
    return dict(raw)


def fields_of(text: str) -> dict[str, str]:
    """`prompt=question,response={a}{b}` as templates by field."""
    found: dict[str, str] = {}
    for part in filter(None, map(str.strip, _FIELD.split(text))):
        name, equals, value = (piece.strip() for piece in part.partition("="))
        if not (equals and name.isidentifier() and value):
            raise ConfigError(f"--fields {part!r}: write NAME=COLUMN, such as prompt=instruction,response=output")
        found[name] = value if "{" in value else f"{{{value}}}"
    return found


def _loaded(raw: dict[str, Any], source: SeedSource, recipe: Recipe, own: Mapping[str, Any], path: Path | None) -> Config:
    run = {name: value for name, value in (raw.get("run") or {}).items() if name in RUN_KEYS}
    named = set(_words(raw.get("gates")))
    endpoints = {role: one for role, one in (raw.get("endpoints") or {}).items() if role in named}  # others would be started for nothing
    kept = {name: value for name, value in raw.items() if name not in {"source", "recipe"}}
    values = {**kept, "run": run, "recipe": {key: value for key, value in own.items() if key != "name"}, "endpoints": endpoints}
    if isinstance(recipe, Given) and own:
        return load({**values, "recipe": dict(own)}, source=source, folder=path.absolute().parent if path else None)
    return load(values, source=source, recipe=recipe, folder=path.absolute().parent if path else None)


def _recipes(raw: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    given = raw.get("recipe")
    several = given if isinstance(given, list) else [given]
    return [one if isinstance(one, Mapping) else {"name": one} for one in several if one]


def _words(value: Any) -> Iterator[str]:  # noqa: ANN401  # any YAML value
    """Every key and text in it: the roles that gates may ask are among them."""
    if isinstance(value, Mapping):
        for name, one in value.items():
            yield str(name)
            yield from _words(one)
    elif isinstance(value, list):
        for one in value:
            yield from _words(one)
    elif isinstance(value, str):
        yield value
