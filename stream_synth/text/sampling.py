"""Sampling options that differ from call to call: a list is gone through, a range drawn from, a schedule moved along.

The value is a function of the seed, the step and the sample: a resumed run sends what the first one would have sent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import isfinite
from random import Random
from typing import Any, TypeAlias

from stream_synth.errors import ConfigError

Spread: TypeAlias = float | Sequence[float] | Mapping[str, Any]
SPREAD = ("temperature", "top_p", "top_k", "min_p", "presence_penalty", "frequency_penalty", "repetition_penalty")
FORMS = "a number, a list of numbers, {uniform: [low, high]} or {schedule: [first, ..., last], over: seeds}"


def check_spread(name: str, value: object) -> None:
    """Raise `ConfigError` unless the value has one of the forms."""
    numbers = _numbers_in(value)
    if numbers is None:
        raise ConfigError(f"{name} is {value!r}; give {FORMS}")
    if numbers and min(numbers) < 0 and not name.endswith("penalty"):
        raise ConfigError(f"{name} is {value!r}; it cannot be below 0")


def _numbers_in(value: object) -> Sequence[float] | None:
    """All numbers of the value; None when it has none of the forms."""
    if value is None:
        return ()
    if _is_number(value):
        return (value,)  # type: ignore[return-value]  # a number, see above
    match value:
        case list() | tuple() if _are_numbers(value):
            return value
        case {"uniform": [low, high], **rest} if not rest and _are_numbers((low, high)) and low <= high:
            return low, high
        case {"schedule": stops, "over": int(over), **rest} if not rest and over is not True and over > 0 and _are_numbers(stops, least=2):
            return tuple(stops)
    return None


def check_params(params: Mapping[str, Any]) -> None:
    """The same for every sampling option among body fields."""
    for name in SPREAD:
        check_spread(name, params.get(name))


def settled(params: Mapping[str, Any], place: int, rng: Random) -> dict[str, Any]:
    """The body fields of one call. `place` counts calls: the seed's ordinal and the sample's number, added."""
    return {name: _one(value, place, rng) if name in SPREAD else value for name, value in params.items()}


def varies(params: Mapping[str, Any]) -> bool:
    """Whether any option holds more than one number."""
    return any(name in SPREAD and isinstance(value, list | tuple | Mapping) for name, value in params.items())


def _one(value: Any, place: int, rng: Random) -> Any:  # noqa: ANN401  # whatever the configuration holds
    if isinstance(value, list | tuple):
        return value[place % len(value)]
    if not isinstance(value, Mapping):
        return value
    if "uniform" in value:
        return round(rng.uniform(*value["uniform"]), 4)  # more digits would only be noise
    return _along(value["schedule"], min(place / value["over"], 1.0))


def _along(stops: Sequence[float], share: float) -> float:
    """The value at this share of the way: straight lines between the stops."""
    legs = list(pairwise(stops))
    leg = min(int(share * len(legs)), len(legs) - 1)
    begin, end = legs[leg]
    return round(begin + (end - begin) * (share * len(legs) - leg), 4)


def _are_numbers(value: object, least: int = 1) -> bool:
    return isinstance(value, list | tuple) and len(value) >= least and all(map(_is_number, value))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
