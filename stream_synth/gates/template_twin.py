"""Template twins: two texts of the same wording about other numbers, formulas, names or things. Near by any embedding, not duplicates.

Three questions, each asked of both sides, since a paraphrase may well leave something out but hardly puts another in its
place: does each text name a number that the other lacks; does each hold a formula symbol that the other lacks; and, where
all but a few words are shared, do the differing words of one mean something else than those of the other?
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from stream_synth.gates.embedding.static import Bundled
from stream_synth.gates.numerals import numbers
from stream_synth.gates.wording import Wording

SHARED = 0.4  # of the words' weight: below, the wording is not the same
_STRAY = 0.05  # of a side's numbers may have no counterpart: in a long text one is a slip, in a problem of a few it is another problem
_CONTENT = 0.5  # weight of differing words on each side: one content word, which weighs 0.7 to 1
_MOST_CONTENT = 3.5  # three content words: a template has few slots, a rewording changes more
_SAME_THING = 0.4  # cosine between the sums of the differing words: swapped names and things lie below in 9 of 10 pairs, synonyms above
_MOST_FORMS = 16  # differing words with a weight, among which other forms of a word are looked for: of more no template has slots
_EMPTY_WORDS = Path(__file__).parent / "empty_words.txt"  # by whose presence two questions do not differ


class TemplateTwins:
    """Tells two texts of one wording apart by what they are about."""

    def __init__(self, words: Bundled) -> None:
        self._words = words
        self._weight = np.linalg.norm(words.table, axis=1)
        self._spelled = {token: word for word, token in words.vocabulary.items()}
        empty = _EMPTY_WORDS.read_text(encoding="utf-8").split()
        for token, word in self._spelled.items():
            plain = word.removeprefix("\u2581")
            if plain in empty or numbers(plain):  # numbers are the first question's
                self._weight[token] = 0

    def wording(self, text: str, words: Sequence[int] | None = None) -> Wording:
        """What `difference` and `shared` compare; `words` as the bundled model finds them in the text, if that is known."""
        return Wording.of(text, self._words.words(text) if words is None else words)

    def shared(self, one: Wording, other: Wording) -> float:
        """The weight of the words that both have, as a share of the heavier text's."""
        common, mine, yours = self._common(one, other)
        return common / max(mine, yours, 1e-9)

    def difference(self, one: Wording, other: Wording) -> str:
        """What sets the two apart: "numbers", "formula", "words", or "" for nothing that this can see."""
        if _both_lack(one.numbers, other.numbers):
            return "numbers"
        if _both_lack(one.symbols, other.symbols):
            return "formula"
        mine, yours = self._own(one, other), self._own(other, one)
        weights = [float(self._weight[words] @ counts) for words, counts in (mine, yours)]
        if max(weights) < _CONTENT and not np.array_equal(one.numbers, other.numbers):
            return "numbers"  # in another order, or one is missing, where nothing else is
        return "words" if self._other_words(self._common(one, other)[0], (mine, yours), weights) else ""

    def _other_words(self, common: float, own: tuple[_Words, _Words], weights: list[float]) -> bool:
        if common < SHARED * (common + max(weights)) or not all(_CONTENT <= weight <= _MOST_CONTENT for weight in weights):
            return False
        sums = [(counts * (self._weight[words] > 0)) @ self._words.table[words] for words, counts in own]
        cosine = float(np.dot(*sums) / (np.linalg.norm(sums[0]) * np.linalg.norm(sums[1]) + 1e-9))
        return cosine < _SAME_THING

    def _own(self, one: Wording, other: Wording) -> _Words:
        """The words that the other text has in no form: neither itself nor one that contains it or that it contains."""
        lone = ~np.isin(one.words, other.words, assume_unique=True) & (self._weight[one.words] > 0)
        words, counts = one.words[lone], one.counts[lone]
        unlike = other.words[~np.isin(other.words, one.words, assume_unique=True)]
        if 0 < len(words) <= _MOST_FORMS:
            spelled = [self._spelled[word] for word in unlike[: 4 * _MOST_FORMS].tolist()]
            sole = [not any(_one_in_the_other(self._spelled[word], form) for form in spelled) for word in words.tolist()]
            words, counts = words[sole], counts[sole]
        return words, counts

    def _common(self, one: Wording, other: Wording) -> tuple[float, float, float]:
        """Weight of what both have, of one and of the other."""
        _, mine, yours = np.intersect1d(one.words, other.words, assume_unique=True, return_indices=True)
        both = self._weight[one.words[mine]] @ np.minimum(one.counts[mine], other.counts[yours])
        return float(both), float(self._weight[one.words] @ one.counts), float(self._weight[other.words] @ other.counts)


_Words = tuple[NDArray[np.uint32], NDArray[np.uint32]]  # places in the vocabulary, counts


def sure_of_other_numbers(sketch: NDArray[np.uint8], sketches: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Which texts (one sketch a line) differ in numbers from the one of `sketch`, for certain: buckets hide differences, they make none."""
    mine, theirs = sketch.astype(np.int16), sketches.astype(np.int16)
    missing = [np.maximum(mine - theirs, 0).sum(axis=1), np.maximum(theirs - mine, 0).sum(axis=1)]
    other: NDArray[np.bool_] = (missing[0] > _STRAY * mine.sum()) & (missing[1] > _STRAY * theirs.sum(axis=1))
    return other


def _both_lack(one: NDArray[np.uint32], other: NDArray[np.uint32]) -> bool:
    """Each has something that the other has not, or has less often."""
    if not len(one) or not len(other) or np.array_equal(one, other):
        return False
    first, second = Counter(one.tolist()), Counter(other.tolist())
    return all(missing.total() > _STRAY * whole.total() for missing, whole in ((first - second, first), (second - first, second)))


def _one_in_the_other(one: str, other: str) -> bool:
    """剩 and 剩下, apple and apples; of alphabets, less than three letters are no word."""
    shorter, longer = (one, other) if len(one) <= len(other) else (other, one)
    return shorter in longer and (not shorter.isascii() or len(shorter) > 2) and shorter != "\u2581"
