"""Self-BLEU (Zhu et al. 2018) over a reservoir of rows: how well each row is predicted by the others."""

from __future__ import annotations

from random import Random

import numpy as np
from numpy.typing import NDArray

from stream_synth.metrics.tokens import Hashes, Tokens, joined, ngrams

RESERVOIR = 200  # rows: the mean over them has a standard error of about 0.01
ROW_TOKENS = 128  # kept of a row: 200 rows take 205 KB
ORDERS = (1, 2, 3, 4)  # BLEU-4


class Reservoir:
    """A uniform sample of all rows so far (Vitter's algorithm R), at most `RESERVOIR` of `ROW_TOKENS` tokens."""

    def __init__(self, seed: int = 0, size: int = RESERVOIR) -> None:
        self.rows: list[Hashes] = []
        self.seen = 0
        self._size = size
        self._rng = Random(seed)  # noqa: S311  # a sample, no secrets

    @property
    def nbytes(self) -> int:
        """Bytes held at most."""
        return self._size * ROW_TOKENS * 8

    def add(self, tokens: Tokens) -> None:
        """Rows in order."""
        for index in range(len(tokens)):
            self.seen += 1
            place = len(self.rows) if len(self.rows) < self._size else self._rng.randrange(self.seen)
            if place < self._size:
                row = tokens.of(index)[:ROW_TOKENS].copy()
                self.rows[place : place + 1] = [row]

    def tokens(self) -> Tokens:
        """The rows kept."""
        return joined([Tokens(row, np.array([0, len(row)])) for row in self.rows])


def self_bleu(tokens: Tokens) -> float:
    """Mean BLEU-4 of each text against all others; 0 for fewer than two. 1: all texts are alike.

    An order without a match counts half a match, as NLTK's smoothing method 1 does with its own constant.
    """
    lengths = np.diff(tokens.offsets).astype(np.float64)
    kept = lengths >= len(ORDERS)
    if np.count_nonzero(kept) < 2:
        return 0.0
    logs = np.zeros(len(tokens))
    for n in ORDERS:
        matched = _matched(*ngrams(tokens, n), len(tokens))
        logs += np.log(np.maximum(matched, 0.5) / np.maximum(lengths - n + 1, 1)) / len(ORDERS)
    return float(np.mean(np.exp(logs + _brevity(lengths))[kept]))


def _matched(hashes: Hashes, owners: NDArray[np.int64], texts: int) -> NDArray[np.float64]:
    """For each text, its n-grams that another text has, each counted at most as often as in that other text."""
    order = np.lexsort((owners, hashes))
    hashes, owners = hashes[order], owners[order]
    fresh = np.ones(len(hashes), bool)
    fresh[1:] = (hashes[1:] != hashes[:-1]) | (owners[1:] != owners[:-1])
    starts = np.flatnonzero(fresh)
    counts = np.diff(np.append(starts, len(hashes)))
    gram, owner = hashes[starts], owners[starts]
    # The largest count of each n-gram and the second: a text is compared with the best of the others.
    ranked = np.lexsort((-counts, gram))
    gram, owner, counts = gram[ranked], owner[ranked], counts[ranked]
    opens = np.ones(len(gram), bool)
    opens[1:] = gram[1:] != gram[:-1]
    first = np.maximum.accumulate(np.where(opens, np.arange(len(gram)), 0))
    second = np.minimum(first + 1, len(gram) - 1)
    runner_up = np.where(gram[second] == gram, counts[second], 0) * (second > first)
    other = np.where(opens, runner_up, counts[first])
    return np.bincount(owner, weights=np.minimum(counts, other), minlength=texts).astype(np.float64)


def _brevity(lengths: NDArray[np.float64]) -> NDArray[np.float64]:
    """Logarithm of BLEU's brevity penalty against the other text nearest in length."""
    order = np.argsort(lengths)
    ordered = np.concatenate([[-np.inf], lengths[order], [np.inf]])
    below, above = ordered[:-2], ordered[2:]
    nearest = np.where(ordered[1:-1] - below <= above - ordered[1:-1], below, above)
    penalty = np.empty(len(lengths))
    penalty[order] = np.minimum(0, 1 - nearest / np.maximum(ordered[1:-1], 1))
    return penalty
