"""Paraphrases of items: the same names, things and numbers in other words, and the same meaning where a model is asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stream_synth.gates.contamination.bag import bags
from stream_synth.gates.contamination.index import ItemIndex
from stream_synth.gates.contamination.likeness import Likenesses
from stream_synth.gates.embedding import Embedder

# What a benchmark's own items tell is kept within what was measured. From 0.58 on general prompts and new GSM8K problems are safe.
# 0.68 loses 0.9 % of new MATH problems; MATH test itself tells more, since its problems have twins among each other.
_LEAST, _MOST = 0.58, 0.68


@dataclass(frozen=True, slots=True)
class Likeness:
    """A row's prompt that says what an item says."""

    row: int
    item: int
    similarity: float


class Paraphrases:
    """Compares bags of words and formulas; with a model, meanings too."""

    def __init__(
        self,
        indexes: Sequence[ItemIndex],
        share: float,
        embedder: Embedder | None = None,
        vectors: NDArray[np.float32] | None = None,
        *,
        slack: float = 0.0,
    ) -> None:
        """`share`: of new problems like a benchmark's that may be rejected; `vectors`: of all items, by that model.

        `slack`: how far below what counts a pair is still told.
        """
        self._alike = Likenesses([(index.bag, index.bag_sizes) for index in indexes], vectors)
        self._embedder = embedder
        cuts = np.array([least_similarity(self._alike.nearest(place, _LEAST), share) for place in range(len(indexes))])
        self._need = cuts[self._alike.benchmark] - slack

    def alike(self, prompts: Sequence[str]) -> Iterator[Likeness]:
        """The most similar item of each prompt that is similar enough to one."""
        if not prompts:
            return
        vectors = self._embedder.encode(prompts) if self._embedder is not None else None
        yield from best_of_each(*self._alike.pairs(bags(prompts), self._need, vectors))


def best_of_each(rows: NDArray[np.int64], items: NDArray[np.int64], similarity: NDArray[np.float64]) -> Iterator[Likeness]:
    """The most similar item of each row, of pairs in any order."""
    order = np.lexsort((-similarity, rows))
    for pair in order[np.unique(rows[order], return_index=True)[1]].tolist():
        yield Likeness(int(rows[pair]), int(items[pair]), float(similarity[pair]))


def least_similarity(near: NDArray[np.float64], share: float) -> float:
    """What all but that share of a benchmark's own items stay below, kept within what was measured."""
    return float(np.clip(np.quantile(near, 1 - share), _LEAST, _MOST))
