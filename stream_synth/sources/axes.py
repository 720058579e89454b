"""What an axis of a grid can be: values with weights, rows of a file or another source, a distribution, or a choice by an earlier axis."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Any, TypeAlias

from stream_synth.errors import ConfigError
from stream_synth.sources.files import lines
from stream_synth.sources.rows import Rows
from stream_synth.sources.several import kind_of
from stream_synth.values import BadRow

Weighed: TypeAlias = tuple[Any, float]
NUMBERS: dict[str, Callable[[Random, float, float], float]] = {
    "uniform": lambda rng, low, high: round(rng.uniform(low, high), 4),  # 4 digits: a temperature, a share; more would only be noise
    "integers": lambda rng, low, high: rng.randint(int(low), int(high)),  # both ends included
    "normal": lambda rng, mean, spread: round(rng.gauss(mean, spread), 4),
    "lognormal": lambda rng, median, sigma: round(median * rng.lognormvariate(0, sigma), 4),
}
FORMS = (
    "a list, {value: weight}, {values: [...], weights: [...]}, {file: PATH, column: NAME}, {source: {kind: ...}, column: NAME}, "
    + ", ".join(f"{{{name}: [a, b]}}" for name in NUMBERS)
    + " or {by: AXIS, cases: {value: axis}, otherwise: axis}"
)
_KEYS = {"values": {"weights"}, "file": {"column", "weight"}, "source": {"column", "weight"}, "by": {"cases", "otherwise"}}


@dataclass(frozen=True)
class Listed:
    """Values that can be gone through, and drawn by weight. They are made anew by each call of `make`; drawing holds them all."""

    make: Callable[[], Iterable[Weighed | BadRow]]
    inline: tuple[str, ...] = ()  # the values as text where they stand in the configuration

    def stream(self) -> Iterator[Any]:
        """One by one, broken rows among them."""
        for one in self.make():
            yield one if isinstance(one, BadRow) else one[0]

    @cached_property
    def held(self) -> tuple[list[Any], list[float], list[BadRow]]:
        """(values, their weights added up, broken rows)."""
        made = list(self.make())
        good = [one for one in made if not isinstance(one, BadRow)]
        return (
            [value for value, _ in good],
            list(accumulate(weight for _, weight in good)),
            [one for one in made if isinstance(one, BadRow)],
        )

    def values(self, chosen: Mapping[str, Any]) -> Sequence[Any]:
        """All of them."""
        del chosen
        return self.held[0]

    def draw(self, chosen: Mapping[str, Any], rng: Random) -> Any:  # noqa: ANN401  # any JSON value
        """One of them, by weight."""
        del chosen
        values, added, _ = self.held
        if not values or added[-1] <= 0:
            raise ConfigError("an axis of the grid has nothing to draw: it holds no rows, or no weight above 0")
        return rng.choices(values, cum_weights=added)[0]


@dataclass(frozen=True)
class Numeric:
    """Numbers from a distribution: drawn, never gone through."""

    name: str
    a: float
    b: float

    def draw(self, chosen: Mapping[str, Any], rng: Random) -> Any:  # noqa: ANN401
        """One number."""
        del chosen
        return NUMBERS[self.name](rng, self.a, self.b)


@dataclass(frozen=True)
class Conditional:
    """An axis for each value of an earlier one. A value without a case of its own takes `otherwise`, else the cell has no such field."""

    by: str
    cases: Mapping[str, Axis]
    otherwise: Axis

    def of(self, chosen: Mapping[str, Any]) -> Axis:
        """The axis that holds in this cell."""
        return self.cases.get(str(chosen.get(self.by)), self.otherwise)

    def values(self, chosen: Mapping[str, Any]) -> Sequence[Any]:
        """Those of the case."""
        axis = self.of(chosen)
        return () if isinstance(axis, Numeric) else axis.values(chosen)

    def draw(self, chosen: Mapping[str, Any], rng: Random) -> Any:  # noqa: ANN401
        """One of the case."""
        return self.of(chosen).draw(chosen, rng)


Axis: TypeAlias = Listed | Numeric | Conditional
NOTHING = Listed(lambda: [({}, 1.0)])  # a cell without the field


def axis_of(spec: object, made: Callable[[Mapping[str, Any]], Rows]) -> Axis:
    """The axis of a configuration's entry; `made` builds a nested source. Raises `ConfigError` that begins with what is wrong."""
    if isinstance(spec, Mapping) and spec and all(_is_number(weight) for weight in spec.values()):
        return _inline(list(spec), list(spec.values()))
    if isinstance(spec, Sequence) and not isinstance(spec, str):
        return _inline(list(spec), [1.0] * len(spec))
    if not isinstance(spec, Mapping):
        raise ConfigError(f"is {spec!r}; give {FORMS}")
    form = next((key for key in spec if key in _KEYS or key in NUMBERS), None)
    if form is None or set(spec) - {form} - _KEYS.get(form, set()):
        raise ConfigError(f"holds {', '.join(map(str, spec)) or 'nothing'}; give {FORMS}")
    return _numeric(form, spec[form]) if form in NUMBERS else _formed(form, spec, made)


def _formed(form: str, spec: Mapping[str, Any], made: Callable[[Mapping[str, Any]], Rows]) -> Axis:
    if form == "values":
        values = list(spec["values"])
        return _inline(values, list(spec.get("weights") or [1.0] * len(values)))
    if form == "by":
        cases = {str(value): axis_of(case, made) for value, case in dict(spec.get("cases") or {}).items()}
        return Conditional(str(spec["by"]), cases, axis_of(spec["otherwise"], made) if "otherwise" in spec else NOTHING)
    column, weight = str(spec.get("column") or ""), str(spec.get("weight") or "")
    if form == "file" and Path(str(spec["file"])).suffix == ".txt":
        return Listed(partial(_text_lines, Path(str(spec["file"]))))
    source = kind_of(str(spec["file"]))(path=str(spec["file"])) if form == "file" else made(spec["source"])
    return Listed(partial(_stored, source, column, weight))


def _inline(values: list[Any], weights: list[float]) -> Listed:
    if len(values) != len(weights) or not all(_is_number(one) and one >= 0 for one in weights) or not any(weights):
        raise ConfigError("has nothing to choose: give values, and for each a weight, none below 0 and one above")
    return Listed(lambda: zip(values, weights, strict=True), tuple(map(str, values)))


def _numeric(name: str, ends: object) -> Numeric:
    if not (isinstance(ends, Sequence) and len(ends) == 2 and all(map(_is_number, ends))):
        raise ConfigError(f"is {{{name}: {ends!r}}}; give two numbers")
    if (ends[0] > ends[1]) if name in {"uniform", "integers"} else ends[1] < 0:
        raise ConfigError(f"is {{{name}: {list(ends)}}}; the range is empty, or the spread below 0")
    return Numeric(name, float(ends[0]), float(ends[1]))


def _text_lines(path: Path) -> Iterator[Weighed | BadRow]:
    for number, line in lines(path):
        if line is None:
            yield BadRow(f"{path.name} line {number}", "longer than 64 MiB")
        elif text := line.decode("utf-8", "replace").strip():
            yield text, 1.0


def _stored(source: Rows, column: str, weight: str) -> Iterator[Weighed | BadRow]:
    """A column of the rows, or all their columns."""
    for seed in source.seeds():
        if isinstance(seed, BadRow):
            yield seed
            continue
        where = f"{seed.origin['source']} {seed.origin['place']}"
        weighs = seed.fields.get(weight, 1.0 if not weight else None)
        if column and column not in seed.fields:
            yield BadRow(where, f"no column {column!r}; the row has {', '.join(seed.fields)}")
        elif not _is_number(weighs) or weighs < 0:
            yield BadRow(where, f"column {weight!r} holds no weight: {weighs!r}")
        else:
            yield (seed.fields[column] if column else dict(seed.fields)), float(weighs)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
