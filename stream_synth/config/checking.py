"""Values against the dataclasses that use them: unknown keys, missing keys, wrong types, one clear line each."""

from __future__ import annotations

import json
import types
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from functools import cache
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from pydantic import TypeAdapter, ValidationError
from rapidfuzz import fuzz, process

from stream_synth.config.expansion import settled
from stream_synth.errors import ConfigError

Made = TypeVar("Made")
NEAR_ENOUGH = 60.0  # of 100: a typo or two
SHOWN_VALUE = 60
_PLAIN = {int: "a whole number", float: "a number", str: "text", bool: "true or false", type(None): "null"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where in which file a value stands, for messages."""

    file: str
    path: str = ""

    def under(self, *keys: object) -> Place:
        """The place these steps deeper."""
        return Place(self.file, ".".join(str(step) for step in (self.path, *keys) if step != ""))

    def error(self, problem: str) -> ConfigError:
        """The error to raise. A problem begins with what is said of the place."""
        return ConfigError(f"{self.file}: {self.path} {problem}" if self.path else f"{self.file}: {problem}")


def build(
    kind: type[Made], values: object, at: Place, *, also: Sequence[str] = (), live: Mapping[str, object] = types.MappingProxyType({})
) -> Made:
    """An instance of this dataclass from a mapping. `also` are keys that the caller takes; `live` are objects from Python, unchecked.

    Raises `ConfigError` naming file, dotted path and remedy.
    """
    given = mapping(values, at)
    known = {one.name: one for one in fields(kind) if one.init and not one.name.startswith("_")} if is_dataclass(kind) else {}
    refuse_unknown(given, [*known, *also], at)
    hints = _hints(cast("Hashable", kind)) if known else {}
    made = {**{name: checked(hints[name], value, at.under(name)) for name, value in given.items()}, **live}
    for name, one in known.items():
        if name not in made and one.default is MISSING and one.default_factory is MISSING:
            raise at.under(name).error(f"is missing{_helped(one)}")
    try:
        return kind(**made)
    except ConfigError as error:
        raise at.error(f"cannot be used: {error}") from error


def mapping(values: object, at: Place) -> Mapping[str, Any]:
    """The values as a mapping with text keys."""
    if values is None:
        return {}
    if not isinstance(values, Mapping):
        raise at.error(f"must be a mapping of keys and values, not {shown(values)}")
    odd = next((key for key in values if not isinstance(key, str)), None)
    if odd is not None:
        raise at.error(f"has key {odd!r}: keys are text, so write it in quotes")
    return values


def refuse_unknown(given: Iterable[str], known: Sequence[str], at: Place) -> None:
    """Raise for the first key that nobody reads."""
    for key in given:
        if key not in known:
            raise at.under(key).error(f"is unknown{nearest(key, known)}")


def nearest(name: str, known: Sequence[str]) -> str:
    """The end of a message: did you mean X, or else what there is."""
    near = process.extractOne(name, known, scorer=fuzz.ratio, score_cutoff=NEAR_ENOUGH)
    if near:
        return f"; did you mean {near[0]}?"
    return f"; there are {', '.join(known)}" if known else "; nothing can be set here"


def checked(hint: Any, value: object, at: Place) -> Any:  # noqa: ANN401  # a value of the hinted type
    """The value as the hint wants it. Text from outside is tried as a scalar first, then as text."""
    nested = next((one for one in (hint, *get_args(hint)) if is_dataclass(one) and isinstance(one, type)), None)
    if nested is not None and get_origin(hint) in {None, Union, types.UnionType}:
        empty = settled(value) is None and hint is not nested
        return None if empty else build(nested, value, at)
    if (one_of_many := _listed(hint)) and isinstance(value, Sequence) and not isinstance(value, str):
        return tuple(build(one_of_many, one, at.under(index)) for index, one in enumerate(value))
    candidates = [settled(value), settled(value, as_text=True)]
    if isinstance(candidates[0], float) and candidates[0].is_integer():
        candidates.append(int(candidates[0]))  # 1e6 tokens
    for candidate in candidates:
        try:
            return _adapter(hint).validate_json(json.dumps(candidate), strict=True)
        except ValidationError as error:
            failed = error
        except TypeError as error:
            raise at.error(f"holds a value that no configuration can: {error}") from error
    inside = failed.errors()[0]
    for step in inside["loc"] if not _is_union(hint) else ():
        at = at.under(step)
    said = described(hint) if not inside["loc"] or _is_union(hint) else inside["msg"].removeprefix("Input should be ")
    raise at.error(f"must be {said}, not {shown(inside['input'] if not _is_union(hint) else candidates[0])}")


def _listed(hint: Any) -> type | None:  # noqa: ANN401
    """The dataclass that a tuple of dataclasses, or None in its place, is made of."""
    for one in (hint, *(get_args(hint) if _is_union(hint) else ())):
        arguments = get_args(one)
        if get_origin(one) is tuple and is_dataclass(arguments[0]) and isinstance(arguments[0], type):
            return arguments[0]
    return None


def described(hint: Any) -> str:  # noqa: ANN401  # a type
    """A type in words."""
    if hint in _PLAIN:
        return _PLAIN[hint]
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Literal:
        return " or ".join(json.dumps(one) if not isinstance(one, str) else one for one in arguments)
    if origin in {Union, types.UnionType}:
        return " or ".join(dict.fromkeys(described(one) for one in arguments))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return "a mapping of keys and values"
    if isinstance(origin, type) and issubclass(origin, Sequence):
        return "a list"
    return getattr(hint, "__name__", str(hint))


def shown(value: object) -> str:
    """A value in a message, shortened."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= SHOWN_VALUE else f"{text[:SHOWN_VALUE]}…"


def _helped(one: Field[Any]) -> str:
    said = one.metadata.get("help")
    return f": {said}" if said else ""


def _is_union(hint: Any) -> bool:  # noqa: ANN401
    return get_origin(hint) in {Union, types.UnionType}


@cache
def _adapter(hint: Any) -> TypeAdapter[Any]:  # noqa: ANN401
    return TypeAdapter(hint)


@cache
def _hints(kind: Hashable) -> dict[str, Any]:
    return get_type_hints(kind)
