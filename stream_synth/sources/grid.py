"""Combinations of axes as seeds: topic × audience × style."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count as counting
from random import Random
from typing import Any

from stream_synth.errors import ConfigError
from stream_synth.sources.axes import FORMS, Axis, Conditional, Listed, Numeric, axis_of
from stream_synth.sources.rows import Row, Rows
from stream_synth.values import BadRow


@dataclass(frozen=True, kw_only=True)
class Grid(Rows):
    """Cells of a grid, one seed each: every combination once, or `count` drawn by weight, or some axes gone through and the rest drawn.

    An axis whose values are rows gives all their columns to the cell. What is drawn depends on `draw_seed` and the cell's number alone.
    Only the first axis gone through is read as it goes; every other is held in memory.
    """

    axes: Mapping[str, Any] = field(metadata={"help": f"{{topic: [a, b], audience: {{children: 1, experts: 3}}}}; an axis is {FORMS}"})
    count: int | None = field(default=None, metadata={"help": "seeds at most; without `each`: draw this many by weight"})
    each: Sequence[str] | None = field(
        default=None,
        metadata={"help": "axes to go through, every combination; the others are drawn. Left out: all of them, or none where `count` is"},
    )
    draws: int = field(default=1, metadata={"help": "seeds for each combination of the axes gone through"})
    draw_seed: int | None = field(default=None, metadata={"help": "of the draws; left out: the run's seed"})

    def __post_init__(self) -> None:
        """Refuse what could never work."""
        super().__post_init__()
        made = {name: self._axis(name) for name in self.axes}
        if not made or self.draws < 1 or (self.count is not None and self.count < 1):
            raise ConfigError("source.axes needs at least one axis, and source.count and draws at least 1")
        crossed = [name for name in made if self._is_crossed(name, made[name])]
        unknown = sorted(set(self.each or ()) - set(crossed))
        if unknown:
            raise ConfigError(f"source.each names {', '.join(unknown)}; it may name {', '.join(crossed) or 'nothing'}, not distributions")
        if not crossed and self.count is None:
            raise ConfigError("source.count is missing: nothing is gone through, so say how many are drawn")
        _check_conditions(made, [*crossed, *(name for name in made if name not in crossed)])
        object.__setattr__(self, "_axes", made)  # compiled once; no option
        object.__setattr__(self, "_crossed", crossed)

    def _axis(self, name: str) -> Axis:
        from stream_synth.sources import made_source  # noqa: PLC0415  # a nested source may be of any kind, a grid too

        try:
            return axis_of(self.axes[name], made_source)
        except ConfigError as error:
            raise ConfigError(f"source.axes.{name} {error}") from error

    def _is_crossed(self, name: str, axis: Axis) -> bool:
        if isinstance(axis, Numeric):
            return False
        return name in self.each if self.each is not None else self.count is None

    def rows(self) -> Iterator[Row | BadRow]:
        """One cell each."""
        made: Mapping[str, Axis] = self._axes  # type: ignore[attr-defined]
        crossed: list[str] = self._crossed  # type: ignore[attr-defined]
        drawn = {name: axis for name, axis in made.items() if name not in crossed}
        for axis in (*drawn.values(), *(made[name] for name in crossed[1:])):
            yield from _broken(axis)
        yield from self._cells({name: made[name] for name in crossed}, drawn)

    def _cells(self, crossed: Mapping[str, Axis], drawn: Mapping[str, Axis]) -> Iterator[Row | BadRow]:
        number = 0
        for cell in combinations(crossed, {}, first=True) if crossed else ({} for _ in counting()):
            if isinstance(cell, BadRow):
                yield cell
                continue
            for _ in range(self.draws):
                if number == self.count:
                    return
                number += 1
                rng = Random(f"{self.draw_seed or 0}:{number}")  # noqa: S311  # reproducible draws, no secrets
                chosen = dict(cell)
                for name, axis in drawn.items():
                    chosen |= spread(name, axis.draw(chosen, rng))
                yield Row(chosen, "grid", f"cell {number}", id=str(number))

    @property
    def unique_ids(self) -> bool:
        """They are numbers."""
        return not self.id


def combinations(axes: Mapping[str, Axis], chosen: Mapping[str, Any], *, first: bool = False) -> Iterator[dict[str, Any] | BadRow]:
    """Every combination in order, the last axis fastest."""
    if not axes:
        yield dict(chosen)
        return
    (name, axis), *rest = axes.items()
    for value in axis.stream() if first and isinstance(axis, Listed) else axis.values(chosen):  # type: ignore[union-attr]
        if isinstance(value, BadRow):
            yield value
        else:
            yield from combinations(dict(rest), {**chosen, **spread(name, value)})


def spread(name: str, value: Any) -> dict[str, Any]:  # noqa: ANN401  # any JSON value
    """A value under its axis's name; a row under its columns' names."""
    return dict(value) if isinstance(value, Mapping) else {name: value}


def _broken(axis: Axis) -> Iterator[BadRow]:
    if isinstance(axis, Listed):
        yield from axis.held[2]
    elif isinstance(axis, Conditional):
        for one in (*axis.cases.values(), axis.otherwise):
            yield from _broken(one)


def _check_conditions(axes: Mapping[str, Axis], order: Sequence[str]) -> None:
    """A condition looks at what is chosen before it, and its cases are values that occur."""
    for place, name in enumerate(order):
        axis = axes[name]
        if not isinstance(axis, Conditional):
            continue
        before = axes[axis.by] if axis.by in order[:place] else None
        rows = any(isinstance(axes[one], Listed) and not axes[one].inline for one in order[:place])  # type: ignore[union-attr]
        if before is None and (axis.by in axes or not rows):
            raise ConfigError(f"source.axes.{name} goes by {axis.by!r}, which is not chosen before it; axes gone through come first")
        odd = sorted(set(axis.cases) - set(before.inline)) if isinstance(before, Listed) and before.inline else []
        if odd:
            raise ConfigError(f"source.axes.{name}.cases has {', '.join(odd)}; {axis.by} is one of {', '.join(before.inline)}")  # type: ignore[union-attr]
