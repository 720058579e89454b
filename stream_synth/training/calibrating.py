"""What a scorer's raw scores mean, learnt from the rows it scored: a map to 0..1 for each scorer and language."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from stream_synth.errors import ConfigError
from stream_synth.gates.reward.calibration import FILE_FORMAT, MIN_ROWS, Calibration, fitted


@dataclass(frozen=True, slots=True)
class Fit:
    """A scorer's map and the rows of each language behind it; languages with few rows share that of all."""

    calibration: Calibration
    rows: Mapping[str, int]


def fit(scores: Iterable[tuple[str, str, float]]) -> dict[str, Fit]:
    """By scorer, from (scorer, language, raw score): the places of the quantiles, so that the median row has 0.5 in every language.

    Raises `ConfigError` where no scorer has `MIN_ROWS` rows.
    """
    found: dict[str, dict[str, list[float]]] = {}
    for scorer, language, raw in scores:
        if math.isfinite(raw):
            found.setdefault(scorer, {}).setdefault(language, []).append(raw)
    counts = {scorer: sum(map(len, by_language.values())) for scorer, by_language in found.items()}
    enough = [scorer for scorer in sorted(found) if counts[scorer] >= MIN_ROWS]
    if not enough:
        told = ", ".join(f"{scorer}: {count}" for scorer, count in counts.items()) or "none"
        raise ConfigError(f"too few scored rows ({told}); a calibration takes {MIN_ROWS} of a scorer")
    return {one: Fit(fitted(found[one], {}), {lang: len(raws) for lang, raws in found[one].items()}) for one in enough}


def as_json(fits: Mapping[str, Fit]) -> str:
    """The file that `reward: {calibration: FILE}` reads."""
    told = {
        "format": FILE_FORMAT,
        "scorers": {scorer: _lists(one.calibration) for scorer, one in fits.items()},
        "rows": {scorer: dict(one.rows) for scorer, one in fits.items()},
    }
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


def _lists(calibration: Calibration) -> dict[str, list[list[float]]]:
    return {lang: [list(knot) for knot in knots] for lang, knots in calibration.knots.items()}
