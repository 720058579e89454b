"""How alike a prompt and a question are: words in common, formulas in common, the same numbers, and how much that proves.

A paraphrase keeps names, numbers and formulas; a twin made from the same template changes the numbers. The similarity is a fixed linear
rule, fitted once on paraphrases of competition problems, in an index of 6,167 of them, against other problems of the kind, and rounded.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from stream_synth.gates.contamination.bag_pairs import Bags, Pairs, Pieces, chunk

# Logistic regression on either half of the problems: 4.6 and 4.2, 5.6 and 6.4, 6.9 and 7.3, 6.3 and 6.4; here divided by 14.
_WORDS, _FORMULAS, _NUMBERS = 0.3, 0.4, 0.5
_UNSURE = 0.45  # times 1 / sqrt(squared weight of what is shared): in common, two rare words prove little
_MEANING = 0.25  # logistic regression: 0.25, beside words, formulas and numbers on this scale
_USUAL_COSINE = 0.8  # of the bundled vectors of pairs that only just count: the meaning moves the similarity, not its scale
_SMOOTH = 0.3  # squared weight added to both sides: about what a word that is in 50 of 6,000 items weighs
_HOT = 1000  # pieces in more items say nothing; 200 is three times as fast and finds 0.03 less of the MATH paraphrases
_HOPEFUL = 0.15  # share of the item's weight: less never reaches what counts
_SAMPLE = 200  # items of a benchmark that tell how near others of its kind come: 2 s for the nine shipped ones


class Likenesses:
    """The items of several benchmarks and the similarity of any prompt with them."""

    def __init__(self, benchmarks: Sequence[Pieces], vectors: NDArray[np.float32] | None = None) -> None:
        """`vectors`: of all items, of length 1, when meaning is compared too."""
        self._pieces = benchmarks
        self._bags = Bags(benchmarks, hot=_HOT)
        self._numbers = [numbers for pieces in benchmarks for numbers in numbers_of(pieces)]
        self._vectors = vectors
        self.benchmark = self._bags.benchmark

    def pairs(
        self, rows: Pieces, need: NDArray[np.float64], vectors: NDArray[np.float32] | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
        """Row, item and similarity of each pair that reaches what its item needs. `vectors`: of the rows."""
        pairs = self._bags.pairs(rows, _HOPEFUL)
        similarity = _of_pieces(pairs)
        most = _NUMBERS + (_MEANING * (1 - _USUAL_COSINE) if vectors is not None else 0.0)
        open_ = np.flatnonzero(similarity + most >= need[pairs.items])
        chosen, items = pairs.rows[open_], pairs.items[open_]
        similarity = similarity[open_] + _NUMBERS * self._same_numbers(numbers_of(rows), chosen, items)
        if vectors is not None and self._vectors is not None:
            cosine = np.einsum("ij,ij->i", vectors[chosen], self._vectors[items])
            similarity += _MEANING * (cosine - _USUAL_COSINE)
        enough = similarity >= need[items]
        return chosen[enough], items[enough], similarity[enough]

    def nearest(self, benchmark: int, least: float) -> NDArray[np.float64]:
        """For items of a benchmark, evenly chosen, the similarity with the nearest other one, 0 below `least`."""
        pieces = self._pieces[benchmark]
        first, count = int(np.searchsorted(self.benchmark, benchmark)), len(pieces[1]) // 2
        chosen = np.unique(np.linspace(0, count - 1, min(count, _SAMPLE)).astype(np.int64))
        bags = [chunk(pieces, item, item + 1) for item in chosen.tolist()]
        rows, items, similarity = self.pairs(
            (np.concatenate([part for part, _ in bags]), np.concatenate([sizes for _, sizes in bags])),
            np.where(self.benchmark == benchmark, least, np.inf),
        )
        other = chosen[rows] + first != items
        best = np.zeros(len(chosen))
        np.maximum.at(best, rows[other], similarity[other])
        return best

    def _same_numbers(self, numbers: Sequence[frozenset[int]], rows: NDArray[np.int64], items: NDArray[np.int64]) -> NDArray[np.float64]:
        """Share of the numbers of either that both have; a half where there are none to compare."""
        found = [(numbers[row], self._numbers[item]) for row, item in zip(rows.tolist(), items.tolist(), strict=True)]
        return np.array([(len(one & other) + 0.5) / (len(one | other) + 1) for one, other in found], np.float64)


def numbers_of(pieces: Pieces) -> list[frozenset[int]]:
    """The numbers of each bag."""
    hashes, sizes = pieces
    ends = np.cumsum(sizes)
    formulas = zip((ends - sizes)[1::2].tolist(), ends[1::2].tolist(), strict=True)
    return [frozenset(part[part & 1 == 1].tolist()) for start, end in formulas for part in [hashes[start:end]]]


def _of_pieces(pairs: Pairs) -> NDArray[np.float64]:
    words, formulas = ((pairs.shared + _SMOOTH) / np.sqrt((pairs.own + _SMOOTH) * (pairs.theirs + _SMOOTH))).T
    return np.asarray(_WORDS * words + _FORMULAS * formulas - _UNSURE / np.sqrt(pairs.shared.sum(axis=1) + _SMOOTH), np.float64)
