"""Paraphrases of items: the same names, things and numbers in other words. No model is asked.

Similarity is the cosine of the two bags (inverse document frequency within the benchmark) plus 0.3 of the cosine of their
formula pieces alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stream_synth.gates.contamination.bag import bags
from stream_synth.gates.contamination.index import ItemIndex
from stream_synth.gates.contamination.postings import Hits, Postings

# On GSM8K paraphrases and GSM8K train: 0.6 alone finds 0.985 at 1.3 % false positives; the rise for questions of few words
# brings that to 0.96 at 0.1 %. A question of 6 rare words needs 0.70, one of 2 needs 0.85.
_FORMULA_SHARE = 0.3
_FLOOR, _RISE = 0.5, 0.5
_LEAST_WORDS = 1.5  # squared weight of shared words; with less it is a formula, and only n-grams can tell it
_LEAST_SHARED = 2.3  # squared weight of all that is shared: without it 1.7 % of general prompts resemble some short question, with it 0.5 %
_HOPEFUL = 0.25  # squared weight shared, of the item's: less never reaches the floor


@dataclass(frozen=True, slots=True)
class Likeness:
    """A row's prompt that says what an item says."""

    row: int
    item: int
    similarity: float


class Paraphrases:
    """Compares bags of words and formulas."""

    def __init__(self, indexes: Sequence[ItemIndex], least: float) -> None:
        self._postings = Postings([index.bag for index in indexes], [index.bag_sizes for index in indexes], power=2)
        self._known = list(self._postings.known())
        words = self._postings.question_weight
        self._need = np.maximum(least, _FLOOR + _RISE / np.sqrt(words + 0.1))

    def alike(self, prompts: Sequence[str]) -> Iterator[Likeness]:
        """The most similar item of each prompt that is similar enough to one."""
        pieces, sizes = bags(prompts)
        offsets = np.concatenate([[0], np.cumsum(sizes)])[::2]
        hits = self._postings.hits_of(pieces, offsets)
        own = self._own_weight(pieces, sizes)
        hopeful = np.flatnonzero(hits.whole >= _HOPEFUL * self._postings.whole_weight[hits.items])
        for row in np.unique(hits.rows[hopeful]).tolist():
            mine = hopeful[hits.rows[hopeful] == row]
            similarity = self._similarity(hits, mine, own[row])
            solid = (hits.question[mine] >= _LEAST_WORDS) & (hits.whole[mine] >= _LEAST_SHARED)
            enough = np.flatnonzero(solid & (similarity >= self._need[hits.items[mine]]))
            if len(enough):
                best = enough[np.argmax(similarity[enough])]
                yield Likeness(row, int(hits.items[mine[best]]), float(similarity[best]))

    def _similarity(self, hits: Hits, pairs: NDArray[np.int64], own: NDArray[np.float64]) -> NDArray[np.float64]:
        """Of pairs of one row; `own`: squared weight of its words and of its formula pieces, in each benchmark."""
        postings, items = self._postings, hits.items[pairs]
        words, formulas = own[:, postings.benchmark[items]]
        shared, theirs = hits.whole[pairs], postings.whole_weight[items]
        cosine = shared / np.sqrt(np.maximum(words + formulas, shared) * theirs)
        theirs_formulas = theirs - postings.question_weight[items]
        alike = (shared - hits.question[pairs] + 1) / np.sqrt((formulas + 1) * (theirs_formulas + 1))
        return np.asarray(cosine + _FORMULA_SHARE * alike, np.float64)

    def _own_weight(self, pieces: NDArray[np.uint32], sizes: NDArray[np.int32]) -> NDArray[np.float64]:
        """Shape (rows, 2, benchmarks). A piece that a benchmark does not know weighs 1."""
        postings = self._postings
        part = np.repeat(np.arange(len(sizes)), sizes)
        totals = np.repeat(sizes.astype(np.float64)[:, None], len(postings.hot), axis=1)
        for benchmark, (grams, weights) in enumerate(self._known):
            at = np.minimum(np.searchsorted(grams, pieces), len(grams) - 1)
            known = grams[at] == pieces
            totals[:, benchmark] -= np.bincount(part[known], 1 - weights[at[known]], len(sizes))
        return totals.reshape(-1, 2, len(postings.hot))
