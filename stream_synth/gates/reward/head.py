"""A linear head: weights over the features, and over an embedding where it was trained with one; JSON on disk."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from stream_synth.errors import ConfigError
from stream_synth.gates.reward.calibration import Calibration, Knots
from stream_synth.gates.reward.features import NAMES

FORMAT = 1
Weights: TypeAlias = Mapping[str, NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class Head:
    """Raw score = bias + weights · features (+ embedding weights · embedding). Weights under "" serve every language not named."""

    name: str
    weights: Weights  # language -> len(NAMES)
    bias: float = 0.0
    embedder: str = ""  # the sentence-transformers model whose vectors it was trained with
    embedding_weights: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    calibration: Calibration = field(default_factory=Calibration)
    facts: Mapping[str, Any] = field(default_factory=dict)  # rows, what it was tested on, the date

    def raw(self, features: NDArray[np.float64], languages: list[str], vectors: NDArray[np.float64] | None = None) -> NDArray[np.float64]:
        """One raw score for each line of features; `vectors` are needed where the head names an embedder."""
        if not languages:
            return np.empty(0)
        scores = _dot(self.weights, features, languages) + self.bias
        return scores if vectors is None or not self.embedder else scores + vectors @ self.embedding_weights

    def to_json(self) -> str:
        """The file's text; weights by name, so that a reader sees what counts."""
        told = {
            "format": FORMAT,
            "name": self.name,
            "bias": round(self.bias, 6),
            "weights": _named(self.weights),
            "embedder": self.embedder,
            "embedding_weights": [round(float(weight), 5) for weight in self.embedding_weights],
            "calibration": {language: [list(knot) for knot in knots] for language, knots in self.calibration.knots.items()},
            "facts": dict(self.facts),
        }
        return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


def head_of_json(text: str, origin: str) -> Head:
    """The head in this text. Raises `ConfigError` naming `origin` and what is wrong."""
    try:
        told = json.loads(text)
        if told["format"] != FORMAT:
            raise ConfigError(f"{origin}: head format {told['format']} is not {FORMAT}; train it again")
        unknown = {name for row in told["weights"].values() for name in row} - set(NAMES)
        if unknown:
            raise ConfigError(f"{origin}: no feature is called {', '.join(sorted(unknown))}; train it again with this version")
        weights = _rows(told["weights"])
        if "" not in weights:
            raise ConfigError(f'{origin}: weights need an entry "" for the languages that have none of their own')
        return Head(
            str(told["name"]),
            weights,
            float(told["bias"]),
            str(told["embedder"]),
            np.array(told["embedding_weights"], np.float64),
            Calibration({language: _knots(knots) for language, knots in told["calibration"].items()}),
            told["facts"],
        )
    except (json.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise ConfigError(f"{origin} is no head ({type(error).__name__}: {error}); stream-synth train-scorer writes one") from error


def _dot(weights: Weights, features: NDArray[np.float64], languages: list[str]) -> NDArray[np.float64]:
    chosen = np.stack([weights.get(language, weights[""]) for language in languages])
    products: NDArray[np.float64] = (features * chosen).sum(axis=1)
    return products


def _named(weights: Weights) -> dict[str, dict[str, float]]:
    return {
        language: {name: round(float(weight), 4) for name, weight in zip(NAMES, row, strict=True) if round(float(weight), 4)}
        for language, row in weights.items()
    }


def _rows(told: Mapping[str, Mapping[str, float]]) -> dict[str, NDArray[np.float64]]:
    return {language: np.array([float(row.get(name, 0.0)) for name in NAMES]) for language, row in told.items()}


def _knots(told: list[list[float]]) -> Knots:
    return tuple((float(raw), float(score)) for raw, score in told)


def load_head(path: str | Path) -> Head:
    """The head in a file. Raises `ConfigError`."""
    try:
        text = Path(path).expanduser().read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"head {path} cannot be read: {error}; stream-synth train-scorer writes one") from error
    return head_of_json(text, str(path))


@cache
def shipped_head() -> Head:
    """The head that comes with the package: no download, no network."""
    return head_of_json((files("stream_synth.gates.reward") / "weights" / "heuristic.json").read_text(encoding="utf-8"), "heuristic.json")
