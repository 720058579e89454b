"""What no part can check alone: roles, fields, ends, money."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

from stream_synth.chat.endpoint import Endpoint
from stream_synth.config.checking import Place, nearest
from stream_synth.engine.options import RunOptions
from stream_synth.engine.pools import OWN
from stream_synth.engine.settings import Config, RecipeSpec
from stream_synth.errors import ConfigError
from stream_synth.recipes import Card
from stream_synth.recipes.escalating import Escalating
from stream_synth.sources import FromCallable, Memory, Rows
from stream_synth.sources.huggingface import HuggingFace
from stream_synth.values import Seed

PEEKED_ROWS = 20  # broken rows before the first good one
BOUNDS = ("max_tokens", "max_completion_tokens")
_ENDS = ("max_cost_usd", "max_tokens", "max_seconds", "limit")
_ABOVE_ZERO = ("target_accepted", "target_tokens", *_ENDS, "rounds", "max_open_seeds", "max_bugs")


def check(config: Config, at: Place) -> None:
    """Raise `ConfigError` for a configuration whose parts do not fit together."""
    _check_run(config.run, at.under("run"))
    _check_rounds(config, at)
    for spec in config.recipes:
        card = getattr(spec.recipe, "card", None)
        if isinstance(card, Card):
            _check_roles(spec, card, config.endpoints, at)
        if isinstance(spec.recipe, Escalating) and spec.recipe.escalate.to not in config.endpoints:
            hint = nearest(spec.recipe.escalate.to, list(config.endpoints))
            raise at.under("endpoints", spec.recipe.escalate.to).error(f"is missing: recipe {spec.label} escalates to it{hint}")
        _check_source(spec, card if isinstance(card, Card) else None, config.run, at)
        _check_pools(spec, config.recipes, at)
    if config.run.max_cost_usd is not None:
        _check_money(config, at)


def _check_pools(spec: RecipeSpec, recipes: Sequence[RecipeSpec], at: Place) -> None:
    fed = {name for one in recipes for name in getattr(one.recipe, "feeds_into", ())}
    for name in getattr(spec.recipe, "draws_from", ()):
        if name not in OWN and name not in fed:
            raise at.under("recipe").error(
                f"{spec.label} draws from the pool {name!r}, which no feed fills{nearest(name, [*OWN, *sorted(fed)])}"
            )


def _check_run(run: RunOptions, at: Place) -> None:
    for name in _ABOVE_ZERO:
        value = getattr(run, name)
        if value is not None and value <= 0:
            raise at.under(name).error(f"is {value}; give a number above 0, or leave it out")
    if not run.name.strip() or run.name != run.name.strip(". ") or any(letter in run.name for letter in "/\\\0\n"):
        raise at.under("name").error(f"is {run.name!r}; it names a folder, so give letters and digits without / or \\")


def _check_rounds(config: Config, at: Place) -> None:
    if config.run.rounds is None:
        alone = next((name for name in ("train", "min_gain") if getattr(config.run, name) not in {None, ()}), None)
        if alone is not None:
            raise at.under("run", alone).error("is for rounds; write run.rounds as well")
        return
    if config.run.min_gain is not None and not config.run.train:
        raise at.under("run", "min_gain").error("needs run.train, which prints the dev metric")
    teachers = config.endpoints.get("teacher", ())
    if config.run.train and any(one.serve for one in teachers):
        raise at.under("endpoints", "teacher", "serve").error(
            "starts the same model each round; let run.train start the next and print its base_url"
        )
    if len(teachers) != 1:
        raise at.under("endpoints", "teacher").error("must be one endpoint with run.rounds: it is the one that training replaces")
    for spec in config.recipes:
        if spec.source.endless or not hasattr(spec.source, "passes"):
            raise at.under("source").error(f"of recipe {spec.label} is read once a round, so it must end, and know passes")


def _check_roles(spec: RecipeSpec, card: Card, endpoints: Mapping[str, Sequence[Endpoint]], at: Place) -> None:
    for role, does in card.roles.items():
        # A role that has an option of its name, such as `judge: true` or `students: 4`, is needed only when that is on.
        if getattr(spec.recipe, role, getattr(spec.recipe, f"{role}s", True)) and role not in endpoints:
            hint = nearest(role, list(endpoints)) if endpoints else ""
            raise at.under("endpoints", role).error(f"is missing: recipe {spec.label} asks it ({does}){hint}")


def _check_source(spec: RecipeSpec, card: Card | None, run: RunOptions, at: Place) -> None:
    if spec.source.endless and spec.passes > 1:
        raise at.under("source", "passes").error(f"is {spec.passes}, but the source never ends: there is no second pass")
    if spec.source.endless and all(getattr(run, name) is None for name in _ENDS):
        raise at.under("source").error(f"of recipe {spec.label} never ends, so the run needs one of run.{', run.'.join(_ENDS)}")
    if not isinstance(spec.source, Rows):
        return
    try:
        fields = _fields_of(spec.source)
    except ConfigError as error:
        raise at.error(str(error)) from error
    if card and card.one_of and fields is not None and not any(name in fields for name in card.one_of):
        wanted, example = " or ".join(card.one_of), f'fields: {{{card.one_of[0]}: "{{column}}"}}'
        given = ", ".join(fields) or "nothing"
        raise at.under("source", "fields").error(f"gives {given}, but recipe {spec.label} needs {wanted}; write {example}")


def _fields_of(source: Rows) -> Sequence[str] | None:
    """The seed fields that the source gives: from its first good row where reading that is cheap and can be done again."""
    if isinstance(source, FromCallable | Memory | HuggingFace):
        return list(source.fields) or None
    first = next((row for row in islice(source.seeds(), PEEKED_ROWS) if isinstance(row, Seed)), None)
    return None if first is None else list(first.fields)


def _check_money(config: Config, at: Place) -> None:
    for role, many in config.endpoints.items():
        if any(endpoint.price is None for endpoint in many):
            price = "price: {input: 0.4, output: 1.2} (USD per 1M tokens; 0 for free)"
            raise at.under("endpoints", role).error(f"has no price, which run.max_cost_usd needs: write {price}")
    for spec in config.recipes:
        unbounded = next((role for role, many in config.endpoints.items() if not _bounded(spec.recipe, many)), None)
        if unbounded is not None and hasattr(spec.recipe, "max_tokens"):
            problem = "is not set, so one reply may cost any amount and run.max_cost_usd cannot be kept"
            raise at.under("recipe", "max_tokens").error(f"{problem}: set it for {spec.label}, or in endpoints.{unbounded}.params")


def _bounded(recipe: Any, endpoints: Sequence[Endpoint]) -> bool:  # noqa: ANN401  # any recipe
    if getattr(recipe, "max_tokens", None) is not None or any(name in getattr(recipe, "params", {}) for name in BOUNDS):
        return True
    return all(any(name in body for name in BOUNDS) for one in endpoints for body in ({**one.params, **one.extra_body},))
