"""A head learnt from scores: a judge or people label some rows, a light model learns to score all the others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from stream_synth.errors import ConfigError, RunError
from stream_synth.gates.reward.calibration import fitted
from stream_synth.gates.reward.features import NAMES, features
from stream_synth.gates.reward.head import Head, shipped_head
from stream_synth.gates.reward.heuristic import embedded_text
from stream_synth.gates.reward.scoring import answer_of, language_of
from stream_synth.training.solve import met
from stream_synth.values import Sample

Matrix = NDArray[np.float64]
Embed = Callable[[list[str]], Any]
MIN_ROWS = 200  # forty held-out rows tell a rank correlation of 0.3 from none; thousands are better
FOLDS = 5  # one of them is held out, another chooses the ridge
RIDGES = (1.0, 10.0, 100.0, 1000.0, 10_000.0)
BATCH = 256


class Scored(NamedTuple):
    """A row and the score somebody gave it, on any scale."""

    sample: Sample
    score: float


@dataclass(frozen=True, slots=True)
class Trained:
    """A head, and rank correlations (Spearman) with the given scores on rows it had not seen."""

    head: Head
    rows: int
    held_out: int
    unseen: float  # the head's
    baseline: float  # what it had to beat
    baseline_name: str  # "features" when there is an embedder, else the shipped head
    length: float  # "longer is better", for comparison


class NotBetter(RunError):
    """The head does not beat what is there without it; nothing was written."""


def train(rows: Sequence[Scored], name: str, embedder: str = "", embed: Embed | None = None) -> Trained:
    """Fits on four fifths, tests on the last (split by prompt, by text where there is none), and fits again on everything.

    Raises `NotBetter` unless the head orders the held-out fifth better than the features alone (with an embedder) or than the
    shipped head (without); `ConfigError` for too few rows or scores that are all the same.
    """
    if len(rows) < MIN_ROWS:
        raise ConfigError(f"{len(rows)} rows with a score are too few; give at least {MIN_ROWS}")
    samples, scores = [row.sample for row in rows], np.array([row.score for row in rows], np.float64)
    if not np.isfinite(scores).all() or scores.std() == 0:
        raise ConfigError("the scores must be finite and not all the same")
    folds = np.array([_fold(sample.prompt or sample.response) for sample in samples])
    if not 0 < (folds == 0).sum() < len(rows) / 2:
        raise ConfigError("the rows share too few prompts to hold some out; give rows of more prompts")
    plain = _features(samples)
    inputs = np.hstack([plain, _vectors(samples, embed)]) if embed else plain
    test, languages = folds == 0, [language_of(sample) for sample in samples]
    length = spearman(np.array([len(answer_of(sample)) for sample in samples], np.float64)[test], scores[test])
    if embed:
        baseline, against = spearman(_unseen(plain, scores, folds), scores[test]), "features"
    else:
        shipped = shipped_head()
        chosen = [language for language, held in zip(languages, test, strict=True) if held]
        baseline, against = spearman(shipped.raw(plain[test], chosen), scores[test]), shipped.name
    unseen = spearman(_unseen(inputs, scores, folds), scores[test])
    if not unseen > baseline:
        raise NotBetter(f"the head's rank correlation on held-out rows is {unseen:.3f}, that of {against} {baseline:.3f}: not written")
    weights, bias = met(inputs, scores, _ridge(inputs, scores, folds))
    facts = {"rows": len(rows), "held_out": int(test.sum()), "spearman": round(unseen, 4), against: round(baseline, 4)}
    raw = inputs @ weights + bias
    ordinary: dict[str, list[float]] = {}
    for language, one in zip(languages, raw.tolist(), strict=True):
        ordinary.setdefault(language, []).append(one)
    head = Head(name, {"": weights[: len(NAMES)]}, bias, embedder if embed else "", weights[len(NAMES) :], fitted(ordinary, {}), facts)
    return Trained(head, len(rows), int(test.sum()), unseen, baseline, against, length)


def spearman(found: Matrix, given: Matrix) -> float:
    """Rank correlation; ties share their mean rank. 0 where one side is constant."""
    first, second = _ranks(found), _ranks(given)
    if first.std() == 0 or second.std() == 0:
        return 0.0
    return float(np.corrcoef(first, second)[0, 1])


def _ranks(values: Matrix) -> Matrix:
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    ranks: Matrix = (ends - (counts - 1) / 2)[place]
    return ranks


def _fold(prompt: str) -> int:
    return blake2b(prompt.encode("utf-8", "surrogatepass"), digest_size=4).digest()[0] % FOLDS


def _features(samples: Sequence[Sample]) -> Matrix:
    return np.concatenate([features(samples[start : start + BATCH]) for start in range(0, len(samples), BATCH)])


def _vectors(samples: Sequence[Sample], embed: Embed) -> Matrix:
    texts = [embedded_text(sample) for sample in samples]
    return np.concatenate([np.asarray(embed(texts[start : start + BATCH]), np.float64) for start in range(0, len(texts), BATCH)])


def _unseen(inputs: Matrix, scores: Matrix, folds: NDArray[np.int64]) -> Matrix:
    """Scores of the held-out rows by a head that saw none of them."""
    seen = folds != 0
    weights, bias = met(inputs[seen], scores[seen], _ridge(inputs, scores, folds))
    unseen: Matrix = inputs[~seen] @ weights + bias
    return unseen


def _ridge(inputs: Matrix, scores: Matrix, folds: NDArray[np.int64]) -> float:
    """The ridge that orders one fold best when fitted on the other three; the held-out fold has no say."""
    fit, choose = folds > 1, folds == 1
    if not choose.any() or not fit.any():
        return RIDGES[len(RIDGES) // 2]

    def quality(ridge: float) -> float:
        weights, bias = met(inputs[fit], scores[fit], ridge)
        return spearman(inputs[choose] @ weights + bias, scores[choose])

    return max(RIDGES, key=quality)
