"""Sources inside a source: the axes of a grid, the documents of packed contexts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from stream_synth.config.checking import Place, mapping
from stream_synth.config.expansion import settled
from stream_synth.config.paths import beside
from stream_synth.sources.grid import Grid
from stream_synth.sources.packed import Packed

Resolve = Callable[[Mapping[str, Any], Place], dict[str, Any]]


def nested_options(kind: type, given: Mapping[str, Any], seed: int, folder: Path | None, resolve: Resolve, at: Place) -> Mapping[str, Any]:
    """The options of a source of this kind; those that hold no other source are returned as they are."""
    if kind is Grid:
        return grid_options(given, seed, folder, resolve, at)
    if kind is Packed:
        place, chosen = at.under("source"), settled(given.get("draw_seed"))
        inner = {"source": resolve(mapping(given["source"], place), place)} if "source" in given else {}
        return {**given, **inner, "draw_seed": seed if chosen is None else chosen}
    return given


def grid_options(given: Mapping[str, Any], seed: int, folder: Path | None, resolve: Resolve, at: Place) -> dict[str, Any]:
    """A grid's options: nested sources checked by `resolve` and complete, files absolute, draws by the run's seed."""
    axes = {name: _axis(axis, folder, resolve, at.under("axes", name)) for name, axis in mapping(given.get("axes"), at).items()}
    chosen = settled(given.get("draw_seed"))
    return {**given, "axes": axes, "draw_seed": seed if chosen is None else chosen}


def _axis(axis: object, folder: Path | None, resolve: Resolve, at: Place) -> Any:  # noqa: ANN401  # any form of axis
    if not isinstance(axis, Mapping):
        return axis
    if isinstance(axis.get("file"), str):
        return {**axis, "file": beside(str(axis["file"]), folder)}
    if "source" in axis:
        place = at.under("source")
        return {**axis, "source": resolve(mapping(axis["source"], place), place)}
    if "cases" not in axis:
        return axis
    cases = {
        name: _axis(case, folder, resolve, at.under("cases", name)) for name, case in mapping(axis["cases"], at.under("cases")).items()
    }
    rest = {"otherwise": _axis(axis["otherwise"], folder, resolve, at.under("otherwise"))} if "otherwise" in axis else {}
    return {**axis, "cases": cases, **rest}
