"""What is kept of a text to tell whether another one says the same: its language, numbers, formula symbols and words.

A million rows meet the same few neighbours again and again, so nothing of this is read from a text twice.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import xxhash
from numpy.typing import ArrayLike, NDArray

from stream_synth.gates.numerals import numbers
from stream_synth.text import language, normalise

READ_CHARACTERS = 1000  # for numbers and symbols: what sets two texts of one template apart stands early
SKETCH = 32  # buckets of numbers: of two texts with five numbers each, all other, at least four in five still differ
_SKETCHED = 255  # numbers, so that a bucket fits a byte; more of them are not sketched
# A dollar opens a formula when no blank follows it, and closes one when no blank precedes it and no digit follows: "$5 and $7" are prices.
_FORMULA = re.compile(r"\$\$.+?\$\$|\$(?!\s)[^$\n]{0,400}[^\s$]\$(?!\d)|\\\(.+?\\\)|\\\[.+?\\\]", re.DOTALL)
_SYMBOL = re.compile(r"\\[a-zA-Z]+|[a-zA-Z]|[^\sA-Za-z0-9{}\\$,.()\[\]]")
_LAYOUT = frozenset({r"\left", r"\right", r"\text", r"\mathrm", r"\mathbf", r"\tfrac", r"\dfrac", r"\frac", r"\cdot", r"\times"})
_NAME = 8  # bytes of a language's code
_COUNT_BITS = np.uint32(8)  # of a word's entry; the rest is its place in the vocabulary
_MOST_COUNTED = np.uint32(255)  # of one word


@dataclass(frozen=True, slots=True)
class Wording:
    """One text. Numbers and symbols are hashes, in reading order; words are ascending places in a vocabulary, with their counts."""

    language: str
    numbers: NDArray[np.uint32]
    symbols: NDArray[np.uint32]
    words: NDArray[np.uint32]
    counts: NDArray[np.uint32]

    @classmethod
    def of(cls, text: str, words: Sequence[int]) -> Wording:
        """`words`: places in a vocabulary of at most 16 million. For the rest only the beginning of a long text is read."""
        text = text[:READ_CHARACTERS]
        normal = normalise(text)
        named = _hashes(numbers(normal)) if normal else ()
        symbols = [one for formula in _FORMULA.findall(text) for one in _SYMBOL.findall(formula) if one not in _LAYOUT]
        places, counts = np.unique(np.array(words, np.uint32), return_counts=True)
        many = np.minimum(counts, _MOST_COUNTED)
        return cls(language(text), _array(named), _array(_hashes(symbols)), _array(places), _array(many))

    def packed(self) -> bytes:
        """For a file; `unpacked` brings it back."""
        spoken = np.frombuffer(self.language.encode()[:_NAME].ljust(_NAME), np.uint32)
        sizes = np.array([len(self.numbers), len(self.symbols), len(self.words)], np.uint32)
        return np.concatenate([spoken, sizes, self.numbers, self.symbols, self.words << _COUNT_BITS | self.counts]).tobytes()

    @classmethod
    def unpacked(cls, packed: bytes) -> Wording:
        """What `packed` made."""
        values = np.frombuffer(packed, np.uint32)
        sizes = values[2:5].tolist()
        first, second = 5 + sizes[0], 5 + sizes[0] + sizes[1]
        words = values[second : second + sizes[2]]
        spoken = packed[:_NAME].decode().strip()
        return cls(spoken, values[5:first], values[first:second], words >> _COUNT_BITS, words & _MOST_COUNTED)

    def sketch(self) -> NDArray[np.uint8]:
        """How many numbers fall into each of `SKETCH` buckets; zeros for a text of too many."""
        if len(self.numbers) > _SKETCHED:
            return np.zeros(SKETCH, np.uint8)
        return np.bincount(self.numbers % SKETCH, minlength=SKETCH).astype(np.uint8)


def _hashes(values: Iterable[Hashable]) -> list[int]:
    return [xxhash.xxh32_intdigest(str(value).encode("utf-8", "surrogatepass")) for value in values]


def _array(values: ArrayLike) -> NDArray[np.uint32]:
    return np.asarray(values, np.uint32)
