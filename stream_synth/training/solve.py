"""Two small convex problems, solved with numpy alone: pairs that must be ordered, and scores that must be met."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]
STEPS = 800  # of accelerated gradient descent: the loss no longer moves in its fourth digit


def ordered(differences: Matrix, weight: Matrix, ridge: Matrix, nonnegative: NDArray[np.bool_], *, steps: int = STEPS) -> Matrix:
    """Weights w that minimise Σ weight·log(1 + exp(-d·w)) + ½ Σ ridge·w², with w ≥ 0 where told.

    `differences` holds, for each pair, the better row's features minus the worse one's; `weight` sums to about 1.
    """
    scale = float(np.linalg.norm(differences * np.sqrt(weight)[:, None], 2) ** 2) / 4 + float(ridge.max(initial=1e-9))
    found = ahead = np.zeros(differences.shape[1])
    momentum = 1.0
    for _ in range(steps):
        margin = differences @ ahead
        pull = weight / (1 + np.exp(np.clip(margin, -50, 50)))
        moved = ahead + (differences.T @ pull - ridge * ahead) / scale
        moved = np.where(nonnegative, np.maximum(moved, 0.0), moved)
        following = (1 + np.sqrt(1 + 4 * momentum**2)) / 2
        ahead = moved + (momentum - 1) / following * (moved - found)
        found, momentum = moved, following
    return found


def met(rows: Matrix, scores: Matrix, ridge: float) -> tuple[Matrix, float]:
    """Ridge regression: weights and bias. `ridge` is in units of rows; columns are scaled to one before it applies."""
    mean, spread = rows.mean(axis=0), rows.std(axis=0)
    spread = np.where(spread > 1e-9, spread, 1.0)
    scaled = (rows - mean) / spread
    gram = scaled.T @ scaled + ridge * np.eye(rows.shape[1])
    weights = np.linalg.solve(gram, scaled.T @ (scores - scores.mean())) / spread
    return weights, float(scores.mean() - mean @ weights)
