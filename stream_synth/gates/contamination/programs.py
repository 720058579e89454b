"""Programs of items under other names or in another language: the same structure, or words that say the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from stream_synth.gates.contamination.bag_pairs import Bags, Pieces
from stream_synth.gates.contamination.code import code_bags
from stream_synth.gates.contamination.index import ItemIndex
from stream_synth.gates.contamination.paraphrase import Likeness, best_of_each

_WORDS, _STRUCTURE = 0.4, 0.6  # logistic regression: 11 to 16
_HOPEFUL = 0.03  # share of the item's weight: less never reaches what counts
_LEAST_STRUCTURE = 4.0  # squared weight of shared n-grams: fewer are a loop or a call, not a task
# A port to C or JavaScript keeps hardly an n-gram, but the words of names and comments. Of 890 other programs none has a cosine of words
# of 0.45 with a task, if the words they share are worth two rare ones; 11 of 12 ports have.
_OTHER_LANGUAGE, _LEAST_WORDS = 0.19, 2.0
# Where a fifth of a benchmark's items have another that would count (MBPP: short tasks, many alike; HumanEval: a tenth), so do other
# people's tasks of the kind: a third of MBPP's other split. There all but 5 % of the items must stay below what counts.
_CROWDED, _TWINS = 0.8, 0.95
_FEWEST = 50  # items with code below which rare and common cannot be told; then half of everything must be shared
_UNSURE = 0.5


class Programs:
    """The items with code, and how alike a row's program is."""

    def __init__(self, indexes: Sequence[ItemIndex], least: float) -> None:
        """`least`: similarity that counts; more where a benchmark's own items resemble each other."""
        codes = [(index.code, index.code_sizes) for index in indexes]
        self._bags = Bags(codes)
        cuts = np.array([_needed(code, least) for code in codes])
        self._need = cuts[self._bags.benchmark]

    def alike(self, texts: Sequence[str]) -> Iterator[Likeness]:
        """The most similar item of each text that is similar enough to one."""
        if not texts:
            return
        rows, items, similarity = _similar(self._bags, code_bags(texts))
        enough = np.flatnonzero(similarity >= self._need[items])
        yield from best_of_each(rows[enough], items[enough], similarity[enough])


def _similar(bags: Bags, pieces: Pieces) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    pairs = bags.pairs(pieces, _HOPEFUL)
    words = pairs.cosine(0)
    solid = pairs.shared[:, 1] >= _LEAST_STRUCTURE
    told = pairs.shared[:, 0] >= _LEAST_WORDS
    both = np.where(solid, _WORDS * words + _STRUCTURE * pairs.cosine(1), 0.0)
    similarity = np.maximum(both, np.where(told, words - _OTHER_LANGUAGE, 0.0))
    counts = solid | told
    return pairs.rows[counts], pairs.items[counts], similarity[counts]


def _needed(code: Pieces, least: float) -> float:
    """What counts for a benchmark, judged by how near its own items come to each other."""
    holders = np.flatnonzero(code[1][1::2])
    if len(holders) < _FEWEST:
        return max(least, _UNSURE)
    rows, items, similarity = _similar(Bags([code]), code)
    best = np.zeros(len(code[1]) // 2)
    other = rows != items
    np.maximum.at(best, rows[other], similarity[other])
    usual, most = np.quantile(best[holders], [_CROWDED, _TWINS])
    return least if usual <= least else max(least, float(most))
