"""From a YAML file, or a mapping, to a checked `Config`."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, is_dataclass, replace
from pathlib import Path
from typing import Any, cast

from stream_synth.chat.endpoint import Endpoint
from stream_synth.config.checking import Place, build, mapping, nearest, refuse_unknown, shown
from stream_synth.config.checks import check
from stream_synth.config.escalation import escalating
from stream_synth.config.expansion import Expander, Outside, settled, with_overrides
from stream_synth.config.nested import nested_options
from stream_synth.config.paths import beside, located
from stream_synth.config.reading import read_file
from stream_synth.config.resolve import hash_of, options_of, without_secrets
from stream_synth.engine.options import RunOptions
from stream_synth.engine.settings import Config, GateSpec, RecipeSpec
from stream_synth.errors import ConfigError
from stream_synth.gates import DEFAULT_CHAIN, gate_class
from stream_synth.protocols import Recipe
from stream_synth.recipes import find_recipe
from stream_synth.recipes.escalating import Escalating
from stream_synth.sources import REGISTRY as SOURCES
from stream_synth.sources import FromCallable, Memory, SeedSource

TOP_KEYS = ("run", "source", "recipe", "endpoints", "gates")
RECIPE_KEYS = ("name", "label", "weight", "source", "gates", "escalate")
_LABEL = re.compile(r"[\w.-]+")  # stands in seed ids before a colon, and names a folder
_LOCAL = re.compile(r"https?://(localhost|127\.[\d.]+|0\.0\.0\.0|\[::1?\])([:/]|$)")


@dataclass(frozen=True, slots=True)
class Live:
    """What a Python caller hands over in place of the file's `source` and `recipe`."""

    source: Iterable[Mapping[str, Any]] | SeedSource | None = None
    recipe: Recipe | type[Recipe] | None = None


def load_run(directory: Path) -> Config:
    """The configuration that a run directory was made with, as resolved then. Raises `ConfigError` where there is none."""
    path = directory / "config.yaml"
    if not path.exists():
        raise ConfigError(f"{directory} is no run directory: it holds no config.yaml")
    return load(read_file(path))


def load(
    config: str | Path | Mapping[str, Any],
    overrides: Sequence[str] = (),
    *,
    source: Iterable[Mapping[str, Any]] | SeedSource | None = None,
    recipe: Recipe | type[Recipe] | None = None,
    environ: Mapping[str, str] = os.environ,
    folder: Path | None = None,
) -> Config:
    """The checked configuration of a file or mapping, `overrides` being `a.b.c=VALUE`.

    `source` (rows, or an object with `seeds`) and `recipe` (an object, or a class without required options) take the place of those in
    the configuration. Files are looked for beside the configuration (for a mapping: in `folder`) first, then in the working directory.
    The first row of a file source is read to check `fields`; nothing is sent. Raises `ConfigError`: one line with file, dotted path and
    remedy.
    """
    path = None if isinstance(config, Mapping) else Path(config)
    raw = config if isinstance(config, Mapping) else read_file(Path(config))
    at = Place(path.name if path else "configuration")
    values = dict(mapping(raw, at))
    expander = Expander(environ, at.file)
    values = with_overrides(expander.expand(values), overrides, expander)
    refuse_unknown(values, TOP_KEYS, at)
    run = build(RunOptions, values.get("run"), at.under("run"))
    reader = _Reader(at, path.absolute().parent if path else folder, Live(source, recipe), run.seed)
    if reader.folder is not None and str(reader.folder) not in sys.path:
        sys.path.append(str(reader.folder))  # for module:Class beside the configuration; last, so that it hides nothing
    endpoints = reader.endpoints(values.get("endpoints"))
    gates = reader.gates(values.get("gates"))
    recipes = reader.recipes(values, gates)
    resolved = _resolved(run, recipes, endpoints, gates)
    resolved = without_secrets(resolved, expander.secrets)
    made = Config(run, recipes, endpoints, gates, resolved, hash_of(resolved), path, tuple(expander.secrets))
    check(made, at)
    return made


@dataclass(frozen=True, slots=True)
class _Reader:
    """Builds the parts of one configuration."""

    at: Place
    folder: Path | None
    live: Live
    seed: int  # of the run

    def endpoints(self, values: object) -> dict[str, tuple[Endpoint, ...]]:
        """Roles with one endpoint or a list of them."""
        at = self.at.under("endpoints")
        roles = mapping(values, at)
        return {role: self._role(listed, at.under(role)) for role, listed in roles.items()}

    def _role(self, values: object, at: Place) -> tuple[Endpoint, ...]:
        if not isinstance(values, list):
            return (self._endpoint(values, at),)
        if not values:
            raise at.error("is an empty list; give an endpoint, or leave the role out")
        return tuple(self._endpoint(one, at.under(index)) for index, one in enumerate(values))

    def _endpoint(self, values: object, at: Place) -> Endpoint:
        given = dict(mapping(values, at))
        address = str(given.get("base_url") or "")
        if "serve" in given and address and (isinstance(given["base_url"], Outside) or not _LOCAL.match(address)):
            given["serve"] = None  # asked for elsewhere: from outside, or on another machine
        if "@" in address.partition("//")[2].partition("/")[0]:
            raise at.under("base_url").error("carries a name or password; keys come from api_key_env or api_key_file only")
        endpoint = build(Endpoint, given, at)
        if endpoint.api_key_file:
            return replace(endpoint, api_key_file=beside(endpoint.api_key_file, self.folder))
        return endpoint

    def gates(self, values: object) -> tuple[GateSpec, ...]:
        """The chain in order; left out: the default one."""
        if values is None:
            return tuple(self._gate(name, None, self.at.under("gates")) for name in DEFAULT_CHAIN)
        return self._chain(values, self.at.under("gates"))

    def _chain(self, values: object, at: Place) -> tuple[GateSpec, ...]:
        if not isinstance(values, list):
            raise at.error(f"must be a list such as [rules: {{}}, near_duplicate: {{threshold: 0.8}}], not {shown(values)}")
        chain = [self._listed_gate(one, at.under(index)) for index, one in enumerate(values)]
        twice = next((gate.name for index, gate in enumerate(chain) if gate.name in {one.name for one in chain[:index]}), None)
        if twice:
            raise at.error(f"lists {twice} twice; keep one of them")
        return tuple(chain)

    def _listed_gate(self, value: object, at: Place) -> GateSpec:
        value = settled(value)
        if isinstance(value, str):
            return self._gate(value, None, at)
        if not isinstance(value, Mapping) or len(value) != 1:
            raise at.error(f"must be one gate with its options, such as near_duplicate: {{threshold: 0.8}}, not {shown(value)}")
        ((name, options),) = value.items()
        return self._gate(str(name), options, at)

    def _gate(self, name: str, options: object, at: Place) -> GateSpec:
        try:
            kind = gate_class(name)
        except ConfigError as error:
            raise at.error(f"cannot be used: {error}") from error
        given = located(kind.Options, mapping(options, at.under(name)), self.folder)
        return GateSpec(name, build(kind.Options, given, at.under(name)))

    def recipes(self, values: Mapping[str, Any], gates: Sequence[GateSpec]) -> tuple[RecipeSpec, ...]:
        """One spec per recipe."""
        given, at = values.get("recipe"), self.at.under("recipe")
        if self.live.recipe is not None and isinstance(given, list):
            raise at.error("is a list, so the recipe given from Python has no place; leave recipe out")
        if given is None and self.live.recipe is None:
            raise at.error("is missing; write recipe: {name: distill} (stream-synth recipes lists the methods)")
        if not isinstance(given, list):
            return (self._recipe(given, values.get("source"), gates, at),)
        specs = [self._recipe(one, values.get("source"), gates, at.under(index)) for index, one in enumerate(given)]
        labels = [spec.label for spec in specs]
        twice = next((label for label in labels if labels.count(label) > 1), None)
        if twice is not None or not specs:
            raise at.error(f"has two entries called {twice!r}; give each its own label" if specs else "is an empty list")
        return tuple(specs)

    def _recipe(self, values: object, source: object, gates: Sequence[GateSpec], at: Place) -> RecipeSpec:
        given = {"name": values} if isinstance(values, str) else mapping(values, at)
        options = {key: value for key, value in given.items() if key not in RECIPE_KEYS}
        own = {key: settled(given[key]) for key in ("name", "label", "weight") if key in given}
        if "steps" in given:
            own.setdefault("name", "steps")
        recipe = self._live_recipe(at) if self.live.recipe is not None else self._named_recipe(own.get("name"), options, at)
        label, weight = str(own.get("label") or recipe.name), own.get("weight", 1.0)
        if not _LABEL.fullmatch(label):
            label = re.sub(r"[^\w.-]+", "-", label) if "label" not in own else self._refuse_label(label, at)
        if isinstance(weight, bool) or not isinstance(weight, int | float) or not weight > 0:
            raise at.under("weight").error(f"must be a number above 0, not {shown(weight)}: its share of accepted rows")
        own_source = given.get("source")
        place = self.at.under("source") if own_source is None else at.under("source")
        listed = dict(mapping(source if own_source is None else own_source, place))
        screening = listed.pop("gates", None)
        screen = () if screening is None else self._chain(screening, place.under("gates"))
        overrides = self._overrides(given.get("gates"), gates, at.under("gates"))
        tiered = escalating(recipe, given.get("escalate"), at.under("escalate"))
        return RecipeSpec(label, float(weight), tiered, self._source(listed, place), overrides, screen)

    @staticmethod
    def _refuse_label(label: str, at: Place) -> str:
        raise at.under("label").error(f"is {label!r}; use letters, digits, '.', '-' and '_'")

    def _live_recipe(self, at: Place) -> Recipe:
        live = self.live.recipe
        if not isinstance(live, type):
            return cast("Recipe", live)
        try:
            return live()
        except TypeError as error:
            raise at.error(f"cannot make a {live.__name__} without options ({error}); hand over an object") from error

    def _named_recipe(self, name: object, options: Mapping[str, Any], at: Place) -> Recipe:
        if not isinstance(name, str):
            raise at.under("name").error("is missing; stream-synth recipes lists the methods")
        try:
            kind = find_recipe(name)
        except ConfigError as error:
            raise at.under("name").error(f"cannot be used: {error}") from error
        return build(kind, located(kind, options, self.folder) if is_dataclass(kind) else options, at, also=RECIPE_KEYS)

    @staticmethod
    def _overrides(values: object, gates: Sequence[GateSpec], at: Place) -> dict[str, GateSpec | None]:
        """Gates of one recipe: options beside those of the chain, or `null` for none."""
        chain = {gate.name: gate for gate in gates}
        made: dict[str, GateSpec | None] = {}
        for name, options in mapping(values, at).items():
            if name not in chain:
                raise at.under(name).error(f"is not in the chain, so there is nothing to override{nearest(name, list(chain))}")
            if options is None or options is False:
                made[name] = None
                continue
            merged = {**options_of(chain[name].options), **mapping(options, at.under(name))}
            made[name] = GateSpec(name, build(type(chain[name].options), merged, at.under(name)))
        return made

    def _source(self, values: object, at: Place) -> SeedSource:
        live = self.live.source
        if live is not None and hasattr(live, "seeds"):
            return cast("SeedSource", live)
        given = dict(mapping(values, at))
        if live is not None:
            return build(Memory, {name: one for name, one in given.items() if name in _ROW_KEYS}, at, live={"given": live})
        return self._file_source(given, at)

    def _file_source(self, values: Mapping[str, Any], at: Place) -> SeedSource:
        given = dict(values)
        kind_name = settled(given.pop("kind", None))
        if kind_name is None:
            what = "is missing; write" if not values else "has no kind; write"
            raise at.error(f"{what} source: {{kind: jsonl, path: questions.jsonl}} (kinds: {', '.join(SOURCES)}, module:callable)")
        if kind_name == "memory":
            raise at.error("was handed over from Python; hand it over again: load(..., source=rows)")
        if isinstance(kind_name, str) and ":" in kind_name:
            return build(FromCallable, {**given, "call": kind_name}, at)
        if kind_name not in SOURCES:
            raise at.under("kind").error(f"{shown(kind_name)} is unknown{nearest(str(kind_name), list(SOURCES))}")
        kind = SOURCES[kind_name]
        options = nested_options(kind, given, self.seed, self.folder, self._nested, at)
        return build(kind, located(kind, options, self.folder), at, also=("kind",))

    def _nested(self, values: Mapping[str, Any], at: Place) -> dict[str, Any]:
        return _resolved_rows(self._file_source(values, at))


_ROW_KEYS = ("fields", "id", "licence", "passes", "on_bad_row")


def _resolved(
    run: RunOptions, recipes: Sequence[RecipeSpec], endpoints: Mapping[str, Sequence[Endpoint]], gates: Sequence[GateSpec]
) -> dict[str, Any]:
    """Everything as plain values, in the order of the file."""
    several = len(recipes) > 1
    described = [_resolved_recipe(spec, several=several) for spec in recipes]
    return {
        "run": options_of(run),
        **({} if several else {"source": _resolved_source(recipes[0])}),
        "recipe": described if several else described[0],
        "endpoints": {role: _one_or_all([options_of(one) for one in many]) for role, many in endpoints.items()},
        "gates": [{gate.name: options_of(gate.options)} for gate in gates],
    }


def _one_or_all(many: list[dict[str, Any]]) -> Any:  # noqa: ANN401  # a mapping, or a list of them
    return many if len(many) > 1 else many[0]


def _resolved_recipe(spec: RecipeSpec, *, several: bool) -> dict[str, Any]:
    tiers = {"escalate": options_of(spec.recipe.escalate)} if isinstance(spec.recipe, Escalating) else {}
    recipe = spec.recipe.recipe if isinstance(spec.recipe, Escalating) else spec.recipe
    kind = type(recipe)
    registered = kind.__module__.startswith("stream_synth.")
    own = {"label": spec.label, "weight": spec.weight, "source": _resolved_source(spec)} if several else {}
    gates = {name: None if gate is None else options_of(gate.options) for name, gate in spec.gate_overrides.items()}
    return {
        "name": recipe.name if registered else f"{kind.__module__}:{kind.__qualname__}",
        **({"label": spec.label} if not several and spec.label != recipe.name else {}),
        **own,
        **options_of(recipe),
        **tiers,
        **({"gates": gates} if gates else {}),
    }


def _resolved_source(spec: RecipeSpec) -> dict[str, Any]:
    gates = [{gate.name: options_of(gate.options)} for gate in spec.source_gates]
    return {**_resolved_rows(spec.source), **({"gates": gates} if gates else {})}


def _resolved_rows(source: SeedSource) -> dict[str, Any]:
    if isinstance(source, FromCallable):
        options = options_of(source)
        return {"kind": options.pop("call"), **options}
    if isinstance(source, Memory):
        return {"kind": "memory", **options_of(source)}
    kind = next((name for name, one in SOURCES.items() if type(source) is one), f"{type(source).__module__}:{type(source).__qualname__}")
    return {"kind": kind, **options_of(source)}
