"""How alike a prompt and a question are: names and things in common, formulas in common, and the same numbers.

A paraphrase keeps the numbers; a twin made from the same template changes them. The similarity is a fixed linear rule, fitted once on
paraphrases of word problems and of competition problems against other problems of both kinds, and rounded.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from stream_synth.gates.contamination.bag_pairs import Bags, Pairs, Pieces, chunk

_FORMULAS, _NUMBERS, _MEANING = 0.2, 0.5, 0.25  # beside 1 for the cosine of all pieces; logistic regression: 0.19, 0.47, 0.25
_USUAL_COSINE = 0.8  # of the bundled vectors of pairs that only just count: the meaning moves the similarity, not its scale
_FLOOR, _RISE = 0.6, 0.6  # a question of 6 rare words needs 0.84, one of 2 needs 1.01: common phrases alone reach less
_LEAST_WORDS = 0.3  # squared weight of shared words; with less it is a formula, and only n-grams can tell it. 1.5 loses a third of MATH
_LEAST_SHARED = 1.5  # squared weight of all that is shared: with 1.0 twice as many general prompts resemble some short question
_HOPEFUL = 0.15  # share of the item's weight: less never reaches the floor
_CHUNK = 256


class Likenesses:
    """The items of several benchmarks and the similarity of any prompt with them."""

    def __init__(self, benchmarks: Sequence[Pieces], vectors: NDArray[np.float32] | None = None) -> None:
        """`vectors`: of all items, of length 1, when meaning is compared too."""
        self._bags = Bags(benchmarks)
        self._numbers = [numbers for pieces in benchmarks for numbers in numbers_of(pieces)]
        self._vectors = vectors
        self.benchmark = self._bags.benchmark
        self.floor = _FLOOR + _RISE / np.sqrt(self._bags.weight[:, 0] + 0.1)

    def pairs(
        self, rows: Pieces, need: NDArray[np.float64], vectors: NDArray[np.float32] | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
        """Row, item and similarity of each pair that reaches what its item needs. `vectors`: of the rows."""
        pairs = self._bags.pairs(rows, _HOPEFUL)
        similarity = _of_pieces(pairs)
        solid = (pairs.shared[:, 0] >= _LEAST_WORDS) & (pairs.shared.sum(axis=1) >= _LEAST_SHARED)
        most = _NUMBERS + (_MEANING * (1 - _USUAL_COSINE) if vectors is not None else 0.0)
        open_ = np.flatnonzero(solid & (similarity + most >= need[pairs.items]))
        chosen, items = pairs.rows[open_], pairs.items[open_]
        similarity = similarity[open_] + _NUMBERS * self._same_numbers(numbers_of(rows), chosen, items)
        if vectors is not None and self._vectors is not None:
            cosine = np.einsum("ij,ij->i", vectors[chosen], self._vectors[items])
            similarity += _MEANING * (cosine - _USUAL_COSINE)
        enough = similarity >= need[items]
        return chosen[enough], items[enough], similarity[enough]

    def _same_numbers(self, numbers: Sequence[frozenset[int]], rows: NDArray[np.int64], items: NDArray[np.int64]) -> NDArray[np.float64]:
        """Share of the numbers of either that both have; a half where there are none to compare."""
        found = [(numbers[row], self._numbers[item]) for row, item in zip(rows.tolist(), items.tolist(), strict=True)]
        return np.array([(len(one & other) + 0.5) / (len(one | other) + 1) for one, other in found], np.float64)


def nearest(pieces: Pieces) -> NDArray[np.float16]:
    """For each item of a benchmark its similarity with the nearest other one: what other problems of the kind reach too."""
    alike = Likenesses([pieces])
    count = len(pieces[1]) // 2
    best = np.zeros(count)
    need = np.full(count, _FLOOR)
    for first in range(0, count, _CHUNK):
        rows, items, similarity = alike.pairs(chunk(pieces, first, min(first + _CHUNK, count)), need)
        other = rows + first != items
        np.maximum.at(best, rows[other] + first, similarity[other])
    return best.astype(np.float16)


def numbers_of(pieces: Pieces) -> list[frozenset[int]]:
    """The numbers of each bag."""
    hashes, sizes = pieces
    ends = np.cumsum(sizes)
    formulas = zip((ends - sizes)[1::2].tolist(), ends[1::2].tolist(), strict=True)
    return [frozenset(part[part & 1 == 1].tolist()) for start, end in formulas for part in [hashes[start:end]]]


def _of_pieces(pairs: Pairs) -> NDArray[np.float64]:
    shared, own, theirs = pairs.shared.sum(axis=1), pairs.own.sum(axis=1), pairs.theirs.sum(axis=1)
    formulas = (pairs.shared[:, 1] + 1) / np.sqrt((pairs.own[:, 1] + 1) * (pairs.theirs[:, 1] + 1))
    return np.asarray(shared / np.sqrt(np.maximum(own * theirs, 1e-9)) + _FORMULAS * formulas, np.float64)
