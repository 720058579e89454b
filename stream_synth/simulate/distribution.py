"""Distributions as a user writes them: `fixed:0.2`, `uniform:0.1,0.3`, `lognormal:MEDIAN,SIGMA`, `exp:MEAN`."""

from __future__ import annotations

import math
from collections.abc import Callable
from statistics import NormalDist
from typing import TypeAlias

from stream_synth.errors import ConfigError

Quantile: TypeAlias = Callable[[float], float]  # share of the distribution, 0 <= share < 1, to a value

_NORMAL = NormalDist()
_LEAST = 1e-12  # the normal quantile is not defined at 0
_PARAMETERS = {"fixed": 1, "uniform": 2, "lognormal": 2, "exp": 1}
FORMS = "fixed:VALUE, uniform:LOW,HIGH, lognormal:MEDIAN,SIGMA or exp:MEAN"


def quantile(name: str, written: str) -> Quantile:
    """The quantile function of what the option `name` says, so that a value follows from a hash and not from the order of arrival.

    Raises `ConfigError` for anything but the four forms with finite numbers that are not negative.
    """
    kind, _, rest = written.partition(":")
    try:
        numbers = [float(part) for part in rest.split(",")]
    except ValueError:
        numbers = []
    usable = all(math.isfinite(number) and number >= 0 for number in numbers)
    if not usable or len(numbers) != _PARAMETERS.get(kind) or (kind == "uniform" and numbers[0] > numbers[1]):
        raise ConfigError(f"{name} is {written!r}; write {FORMS}, for example fixed:0.2")
    return _quantile(kind, numbers)


def _quantile(kind: str, numbers: list[float]) -> Quantile:
    first, last = numbers[0], numbers[-1]
    if kind == "uniform":
        return lambda share: first + (last - first) * share
    if kind == "lognormal":
        return lambda share: first * math.exp(last * _NORMAL.inv_cdf(max(share, _LEAST)))
    if kind == "exp":
        return lambda share: -first * math.log1p(-share)
    return lambda _share: first
