"""Chinese prompts that say what an English item says: words by a table, formulas, names and numbers as they stand.

A Chinese word is all its meanings at once, and weighs as much as one of them. Where a model reads both languages, its cosine counts too.
English prompts that translate a Chinese item are left to the model alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from stream_synth.gates.contamination.bag import bag, joined
from stream_synth.gates.contamination.bag_pairs import Bags, Pairs, Pieces
from stream_synth.gates.contamination.index import ItemIndex
from stream_synth.gates.contamination.paraphrase import Likeness, best_of_each
from stream_synth.gates.contamination.words import HAN, is_chinese, lexicon
from stream_synth.gates.embedding import Embedder, calibration_texts

# Logistic regression on translated questions of abstract algebra against Chinese questions of all kinds gave about equal weights to the
# cosines of words, of formulas and of both, and -0.5 to the uncertainty; rounded.
_UNSURE = 0.5  # times 1 / sqrt(shared weight): one rare word in common proves little
_SMOOTH = 0.5  # squared weight added to both sides: a question of one word is not found by that word
_LEAST = 0.62  # 0.5 to 0.6 % of Chinese questions of other kinds resemble some item of the nine shipped benchmarks as much
_HOT = 1000  # a word in more items than this ("number") says nothing; with 200, a tenth of the translations are lost
_HOPEFUL = 0.15  # share of the item's weight: less never reaches what counts
_MEANING, _USUAL_COSINE = 3.0, 0.34  # of e5 vectors, centred: 99 % of pairs that share words stay below 0.28, translations have 0.52
_UNKNOWN = 0.5  # weight of a word none of whose meanings a benchmark has
_BREAK = " of "  # in place of Chinese: ends a formula, and is no word


class Translations:
    """Compares Chinese prompts with all items; those in Chinese share no words with a translation, and are not found here."""

    def __init__(
        self,
        indexes: Sequence[ItemIndex],
        embedder: Embedder | None = None,
        vectors: NDArray[np.float32] | None = None,
        *,
        slack: float = 0.0,
    ) -> None:
        """`vectors`: of all items, by that model; `slack`: how far below what counts a pair is still told."""
        # All benchmarks as one: of a small one's words the common ones would look rare.
        whole = np.concatenate([index.bag for index in indexes]), np.concatenate([index.bag_sizes for index in indexes])
        self._bags = Bags([whole], hot=_HOT)
        self._embedder = embedder
        self._need = _LEAST - slack
        if embedder is not None and vectors is not None:
            # Models put each language in a cone of its own; what is left beside the usual direction of both is the meaning.
            self._usual = embedder.encode(calibration_texts("zh")).mean(axis=0)
            self._vectors = np.concatenate([centred(part) for part in np.split(vectors, np.cumsum(list(map(len, indexes)))[:-1])])

    def alike(self, prompts: Sequence[str]) -> Iterator[Likeness]:
        """The most similar item of each Chinese prompt that is similar enough to one."""
        chinese = [row for row, prompt in enumerate(prompts) if is_chinese(prompt)]
        if not chinese:
            return
        texts = [prompts[row] for row in chinese]
        pairs, similarity = self._similar(texts)
        if self._embedder is not None and len(similarity):
            rows = centred(self._embedder.encode(texts), self._usual)
            cosine = np.einsum("ij,ij->i", rows[pairs.rows], self._vectors[pairs.items])
            similarity = similarity + _MEANING * np.maximum(cosine - _USUAL_COSINE, 0)
        enough = np.flatnonzero(similarity >= self._need)
        for likeness in best_of_each(pairs.rows[enough], pairs.items[enough], similarity[enough]):
            yield Likeness(chinese[likeness.row], likeness.item, likeness.similarity)

    def _similar(self, prompts: Sequence[str]) -> tuple[Pairs, NDArray[np.float64]]:
        meanings = [lexicon().meanings(prompt) for prompt in prompts]
        latin = [bag(HAN.sub(_BREAK, prompt)) for prompt in prompts]
        both = [(words | set(chain.from_iterable(each)), formulas) for each, (words, formulas) in zip(meanings, latin, strict=True)]
        pairs = self._bags.pairs(joined(both), _HOPEFUL, self._own(meanings, joined(latin)))
        words, formulas = (_cosine(pairs.shared[:, kind], pairs.own[:, kind], pairs.theirs[:, kind]) for kind in (0, 1))
        shared = pairs.shared.sum(axis=1)
        every = _cosine(shared, pairs.own.sum(axis=1), pairs.theirs.sum(axis=1))
        return pairs, words + formulas + every - _UNSURE / np.sqrt(shared + 0.3)

    def _own(self, meanings: Sequence[Sequence[tuple[int, ...]]], latin: Pieces) -> NDArray[np.float64]:
        """Weight of the rows, (rows, 2, benchmarks): a Chinese word as much as its known meanings on average."""
        own = self._bags.own_weight(latin)
        words = [word for each in meanings for word in each]
        word_of = np.repeat(np.arange(len(words)), list(map(len, words)))
        row_of = np.repeat(np.arange(len(meanings)), list(map(len, meanings)))
        for benchmark, (weights, known) in enumerate(self._bags.weights_of(np.fromiter(chain.from_iterable(words), np.uint32))):
            count, total = np.bincount(word_of, known, len(words)), np.bincount(word_of, weights, len(words))
            each = np.where(count > 0, total / np.maximum(count, 1), _UNKNOWN)
            own[:, 0, benchmark] += np.bincount(row_of, each, len(meanings))
        return own


def centred(vectors: NDArray[np.float32], usual: NDArray[np.float32] | None = None) -> NDArray[np.float32]:
    """Without their usual direction (their mean, if none is given), of length 1."""
    apart = vectors - (vectors.mean(axis=0) if usual is None else usual)
    return np.asarray(apart / np.maximum(np.linalg.norm(apart, axis=1, keepdims=True), 1e-6), np.float32)


def _cosine(shared: NDArray[np.float64], own: NDArray[np.float64], theirs: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(shared / np.sqrt((np.maximum(own, shared) + _SMOOTH) * (theirs + _SMOOTH)), np.float64)
