"""The scorer that costs nothing: a linear head over text features.

A screen for degenerate and off-topic answers, not a reward model: it cannot tell a right answer from a wrong one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from stream_synth.gates.reward.calibration import Calibration
from stream_synth.gates.reward.features import features
from stream_synth.gates.reward.head import Head
from stream_synth.gates.reward.scoring import Score, answer_of, language_of
from stream_synth.values import Sample


class Heuristic:
    """Scores rows with a head; a head that was trained with an embedder gets its vectors from `embed`."""

    bounds = None

    def __init__(self, head: Head, embed: Callable[[list[str]], Any] | None = None) -> None:
        self.name = head.name
        self.calibration: Calibration = head.calibration
        self._head = head
        self._embed = embed

    def scores(self, batch: Sequence[Sample]) -> list[Score]:
        """One raw score for each sample, whatever its text holds; `empty` where there is no answer."""
        if not batch:
            return []
        rows = [sample if sample.response else replace(sample, response=answer_of(sample)) for sample in batch]
        vectors = None if self._embed is None else np.asarray(self._embed([embedded_text(row) for row in rows]), np.float64)
        raw = self._head.raw(features(rows), [language_of(row) for row in rows], vectors)
        return [Score(float(one)) if answer_of(row).strip() else Score(None, "empty") for row, one in zip(rows, raw, strict=True)]


def embedded_text(sample: Sample) -> str:
    """What an embedder reads of a row: lone surrogates are no text to a tokeniser."""
    return f"{sample.prompt}\n{answer_of(sample)}".encode("utf-8", "replace").decode("utf-8")
