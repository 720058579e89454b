"""What a number among the options may be, declared beside the option."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from math import inf
from typing import Any

from stream_synth.errors import ConfigError


def check_bounds(options: Any) -> None:  # noqa: ANN401  # any dataclass
    """`ConfigError` for an option outside `least` and `most` of its field's metadata; None is an option left out.

    A class that declares the field again, with another default say, need not repeat its bounds.
    """
    for name in (one.name for one in fields(options)):
        value, bounds = getattr(options, name), _bounds(type(options), name)
        if value is None or not bounds:
            continue
        least, most = bounds["least"], bounds.get("most")
        if not least <= value <= (inf if most is None else most):  # nor is NaN between them
            raise ConfigError(f"{name} is {value}; give {f'at least {least}' if most is None else f'{least} to {most}'}")


def _bounds(kind: type, name: str) -> Mapping[str, Any]:
    declared = (base.__dict__.get("__dataclass_fields__", {}).get(name) for base in kind.__mro__)
    return next((one.metadata for one in declared if one and "least" in one.metadata), {})
