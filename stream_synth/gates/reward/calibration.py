"""From a scorer's own scale to 0..1, for each language."""

from __future__ import annotations

import json
import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeAlias

from stream_synth.errors import ConfigError

Knots: TypeAlias = tuple[tuple[float, float], ...]  # (raw, calibrated), both rising
# Where ordinary rows lie: their 1st percentile becomes 0.1, so that a tenth of the scale is left for what is below all of them.
PERCENTILES = ((1.0, 0.10), (5.0, 0.15), (25.0, 0.32), (50.0, 0.50), (75.0, 0.72), (95.0, 0.92), (99.9, 1.0))
FILE_FORMAT = 1
MIN_ROWS = 100  # of one language before its percentiles mean anything


@dataclass(frozen=True, slots=True)
class Calibration:
    """Knots for each language; "" serves the languages without their own. Between knots the line is straight, outside it is flat."""

    knots: Mapping[str, Knots] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for language, knots in self.knots.items():
            rising = all(low[0] < high[0] and low[1] <= high[1] for low, high in pairwise(knots))
            if len(knots) < 2 or not rising or not all(math.isfinite(raw) and 0 <= score <= 1 for raw, score in knots):
                raise ConfigError(f"calibration of language {language!r}: give two or more [raw, score] pairs, rising, scores in 0..1")

    def __call__(self, raw: float, language: str) -> float | None:
        """The score in 0..1; None where neither this language nor "" is calibrated."""
        knots = self.knots.get(language) or self.knots.get("")
        return None if knots is None else interpolated(knots, raw)


def calibration_of(told: Mapping[str, Any]) -> Calibration:
    """From `{language: [[raw, score], ...]}`. Raises `ConfigError`."""
    try:
        return Calibration({str(language): tuple((float(raw), float(score)) for raw, score in pairs) for language, pairs in told.items()})
    except (TypeError, ValueError, AttributeError) as error:
        raise ConfigError(f"reward.calibration: give {{language: [[raw, score], ...]}} ({error})") from error


def calibration_in(path: str, scorer: str) -> Calibration:
    """This scorer's part of a file that `stream-synth fit-calibration` wrote. Raises `ConfigError`."""
    try:
        told = json.loads(Path(path).expanduser().read_text(encoding="utf-8"))
        scorers = told["scorers"] if told["format"] == FILE_FORMAT else {}
        known = sorted(scorers)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ConfigError(f"reward.calibration {path} cannot be read ({error}); stream-synth fit-calibration writes one") from error
    if scorer not in known:
        raise ConfigError(f"reward.calibration {path} is not for {scorer}; it holds {', '.join(known) or 'no scorer of this version'}")
    return calibration_of(scorers[scorer])


def interpolated(knots: Knots, raw: float) -> float:
    """The line through the knots at `raw`."""
    place = bisect_right([knot[0] for knot in knots], raw)
    if place in {0, len(knots)}:
        return knots[0 if place == 0 else -1][1]
    (low, start), (high, end) = knots[place - 1 : place + 1]
    return start + (end - start) * (raw - low) / (high - low)


def fitted(ordinary: Mapping[str, Sequence[float]], floor: Mapping[str, float]) -> Calibration:
    """Knots at the percentiles of ordinary rows, and 0 at `floor`: a score that only degenerate rows have.

    Languages with fewer than `MIN_ROWS` rows share the knots of all languages together, as do languages not named.
    """
    everything = [raw for raws in ordinary.values() for raw in raws]
    groups = {"": everything, **{language: raws for language, raws in ordinary.items() if len(raws) >= MIN_ROWS}}
    lowest = min(floor.values(), default=-math.inf)
    return Calibration({language: _knots(sorted(raws), floor.get(language, lowest)) for language, raws in groups.items() if len(raws) > 1})


def _knots(raws: list[float], floor: float) -> Knots:
    """Rising strictly in raw: of equal raws the last knot stays."""
    knots = [(raws[min(int(percent / 100 * len(raws)), len(raws) - 1)], score) for percent, score in PERCENTILES]
    spread = max(raws[-1] - raws[0], 1e-6)
    kept = {min(floor if math.isfinite(floor) else raws[0] - spread, knots[0][0] - spread / 100): 0.0, **dict(knots)}
    return tuple(sorted((round(raw, 4), score) for raw, score in kept.items()))


def plain(raw: float, *, bounded: tuple[float, float] | None) -> float:
    """Without a calibration: the place between the bounds of the scale, or the logistic function of an unbounded score."""
    if bounded is not None:
        low, high = bounded
        return min(max((raw - low) / (high - low), 0.0), 1.0)
    return 1 / (1 + math.exp(-min(max(raw, -60.0), 60.0)))
