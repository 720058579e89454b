"""Two resolved configurations of one run directory: what changed, and what that means for rows already made."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

Meaning: TypeAlias = Literal["free", "gates", "text"]
Leaf: TypeAlias = tuple[str, Meaning, Any]

_ENDPOINT_TEXT = ("model", "params", "extra_body")  # the rest of an endpoint is how a model is reached, not what it says
_SOURCE_FREE = frozenset({"passes", "on_bad_row", "licence", "memory_limit_mb"})
ABSENT = "(absent)"


@dataclass(frozen=True, slots=True)
class Change:
    """One key that differs."""

    key: str  # dotted: recipe.temperature
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class Changes:
    """Differences by what they mean for a resumed run."""

    free: Sequence[Change] = ()  # operation, prices, limits, targets: take effect at once
    gates: Sequence[Change] = ()  # from now on; recorded per decision
    text: Sequence[Change] = ()  # change what models are asked or say: the user must agree

    def __bool__(self) -> bool:
        return bool(self.free or self.gates or self.text)


def compare(old: Mapping[str, Any], new: Mapping[str, Any]) -> Changes:
    """Every value that differs between two `Config.resolved`."""
    common = set(old.get("endpoints") or {}) & set(new.get("endpoints") or {})
    before = {key: (meaning, value) for key, meaning, value in _leaves(old, common)}
    after = {key: (meaning, value) for key, meaning, value in _leaves(new, common)}
    found: dict[Meaning, list[Change]] = {"free": [], "gates": [], "text": []}
    for key in dict.fromkeys([*before, *after]):
        meaning, _ = after.get(key) or before[key]
        values = [leaves[key][1] if key in leaves else ABSENT for leaves in (before, after)]
        if values[0] != values[1]:
            found[meaning].append(Change(key, *values))
    return Changes(tuple(found["free"]), tuple(found["gates"]), tuple(found["text"]))


def _leaves(resolved: Mapping[str, Any], common_roles: set[str]) -> Iterator[Leaf]:
    for name, value in (resolved.get("run") or {}).items():
        yield f"run.{name}", "text" if name == "seed" else "free", value
    yield from _source(resolved.get("source"), "source")
    recipe = resolved.get("recipe")
    for prefix, one in [(f"recipe.{one['label']}", one) for one in recipe] if isinstance(recipe, list) else [("recipe", recipe or {})]:
        yield from _recipe(one, prefix)
    for role, many in (resolved.get("endpoints") or {}).items():
        yield from _role(many if isinstance(many, list) else [many], f"endpoints.{role}", in_both=role in common_roles)
    gates = resolved.get("gates") or []
    yield "gates", "gates", [name for gate in gates for name in gate]
    for gate in gates:
        for name, options in gate.items():
            yield from _flat(options, f"gates.{name}", "gates")


def _source(source: Mapping[str, Any] | None, prefix: str) -> Iterator[Leaf]:
    for name, value in (source or {}).items():
        yield from _flat(value, f"{prefix}.{name}", "gates" if name == "gates" else "free" if name in _SOURCE_FREE else "text")


def _recipe(recipe: Mapping[str, Any], prefix: str) -> Iterator[Leaf]:
    for name, value in recipe.items():
        if name == "source":
            yield from _source(value, f"{prefix}.source")
        else:
            # A weight is a share of what will be accepted: a target.
            yield from _flat(value, f"{prefix}.{name}", "gates" if name == "gates" else "free" if name == "weight" else "text")


def _role(many: Sequence[Mapping[str, Any]], prefix: str, *, in_both: bool) -> Iterator[Leaf]:
    """What its models say counts whichever endpoint says it: another endpoint for the same model is operation.

    Among several models the weights decide which of them a seed is asked of. A role that one side lacks is not asked there.
    """
    for index, endpoint in enumerate(many):
        here = f"{prefix}.{index}" if len(many) > 1 else prefix
        for name, value in endpoint.items():
            if name not in _ENDPOINT_TEXT:
                yield from _flat(value, f"{here}.{name}", "free")
    shares: dict[str, float] = {}
    for endpoint in many:
        said = json.dumps({name: endpoint.get(name) for name in _ENDPOINT_TEXT}, sort_keys=True)
        shares[said] = shares.get(said, 0.0) + float(endpoint.get("weight") or 1.0)
    for said, share in sorted(shares.items()):
        text = json.loads(said)
        here = f"{prefix}[{text['model']}]" if len(shares) > 1 else prefix
        for name, value in text.items():
            yield from _flat(value, f"{here}.{name}", "text" if in_both else "free")
        if len(shares) > 1:
            yield f"{here}.share", "text" if in_both else "free", share / sum(shares.values())


def _flat(value: Any, key: str, meaning: Meaning) -> Iterator[Leaf]:  # noqa: ANN401  # plain values
    if isinstance(value, Mapping) and value:
        for name, one in value.items():
            yield from _flat(one, f"{key}.{name}", meaning)
    else:
        yield key, meaning, value
