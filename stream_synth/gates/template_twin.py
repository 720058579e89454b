"""Template twins: two texts of the same wording about other numbers, formulas, names or things. Near by any embedding, not duplicates.

Three questions, each asked of both sides, since a paraphrase may well leave something out but hardly puts another in its
place: does each text name a number that the other lacks; does each hold a formula symbol that the other lacks; and, where
all but a few words are shared, do the differing words of one mean something else than those of the other?
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Iterable
from functools import lru_cache
from pathlib import Path

import numpy as np

from stream_synth.gates.embedding.static import Bundled
from stream_synth.gates.numerals import numbers
from stream_synth.text import normalise

# A dollar opens a formula when no blank follows it, and closes one when no blank precedes it and no digit follows: "$5 and $7" are prices.
_FORMULA = re.compile(r"\$\$.+?\$\$|\$(?!\s)[^$\n]{0,400}[^\s$]\$(?!\d)|\\\(.+?\\\)|\\\[.+?\\\]", re.DOTALL)
_SYMBOL = re.compile(r"\\[a-zA-Z]+|[a-zA-Z]|[^\sA-Za-z0-9{}\\$,.()\[\]]")
_LAYOUT = frozenset({r"\left", r"\right", r"\text", r"\mathrm", r"\mathbf", r"\tfrac", r"\dfrac", r"\frac", r"\cdot", r"\times"})
_SHARED = 0.4  # of the words' weight: below, the wording is not the same
_STRAY = 0.05  # of a side's numbers may have no counterpart: in a long text one is a slip, in a problem of a few it is another problem
_CONTENT = 0.5  # weight of differing words on each side: one content word, which weighs 0.7 to 1
_MOST_CONTENT = 3.5  # three content words: a template has few slots, a rewording changes more
_SAME_THING = 0.4  # cosine between the sums of the differing words: swapped names and things lie below in 9 of 10 pairs, synonyms above
_READ_TEXTS = 1 << 12  # whose numbers and symbols are kept: a row meets the same few neighbours as the rows before it
_MOST_FORMS = 64  # differing words among which other forms of a word are looked for; more is no template
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

    def difference(self, one: str, other: str) -> str:
        """What sets the two apart: "numbers", "formula", "words", or "" for nothing that this can see."""
        named = _numbers(one), _numbers(other)
        if _both_lack(*named):
            return "numbers"
        if _both_lack(_symbols(one), _symbols(other)):
            return "formula"
        first, second = (Counter(self._words.words(text)) for text in (one, other))
        mine, yours = self._own(first, second), self._own(second, first)
        if named[0] != named[1] and max(self._weigh(mine), self._weigh(yours)) < _CONTENT:
            return "numbers"  # in another order, or one is missing, where nothing else is
        return "words" if self._other_words(first & second, mine, yours) else ""

    def _other_words(self, shared: Counter[int], mine: Counter[int], yours: Counter[int]) -> bool:
        weights = [self._weigh(words) for words in (shared, mine, yours)]
        if weights[0] < _SHARED * (weights[0] + max(weights[1:])):
            return False
        if not all(_CONTENT <= weight <= _MOST_CONTENT for weight in weights[1:]):
            return False
        sums = [sum(self._words.table[word] * count for word, count in words.items() if self._weight[word]) for words in (mine, yours)]
        cosine = float(np.dot(*sums) / (np.linalg.norm(sums[0]) * np.linalg.norm(sums[1]) + 1e-9))
        return cosine < _SAME_THING

    def _own(self, words: Counter[int], others: Counter[int]) -> Counter[int]:
        """The words that the other text has in no form: neither itself nor one that contains it or that it contains."""
        unlike = [self._spelled[word] for word in others if word not in words][:_MOST_FORMS]
        return Counter(
            {
                word: count
                for word, count in words.items()
                if word not in others and not any(_one_in_the_other(self._spelled[word], other) for other in unlike)
            }
        )

    def _weigh(self, words: Counter[int]) -> float:
        return float(sum(self._weight[word] * count for word, count in words.items()))


def _both_lack(one: Iterable[Hashable], other: Iterable[Hashable]) -> bool:
    """Each has something that the other has not, or has less often."""
    first, second = Counter(one), Counter(other)
    return all(missing.total() > _STRAY * whole.total() for missing, whole in ((first - second, first), (second - first, second)))


def _one_in_the_other(one: str, other: str) -> bool:
    """剩 and 剩下, apple and apples; of alphabets, less than three letters are no word."""
    shorter, longer = sorted((one, other), key=len)
    return shorter in longer and (not shorter.isascii() or len(shorter) > 2) and shorter != "\u2581"


@lru_cache(_READ_TEXTS)
def _numbers(text: str) -> tuple[float, ...]:
    return tuple(numbers(normalise(text)))


@lru_cache(_READ_TEXTS)
def _symbols(text: str) -> tuple[str, ...]:
    """Commands, letters and operators of the LaTeX formulas in a text."""
    return tuple(symbol for formula in _FORMULA.findall(text) for symbol in _SYMBOL.findall(formula) if symbol not in _LAYOUT)
