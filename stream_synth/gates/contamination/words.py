"""Chinese words and what they mean in English, so that a translated question can be compared with an English one.

`zh_en.npz` holds no text: hashes of Chinese words and of the English stems that lie nearest to them in the vectors of
multilingual-e5-small (MIT), and of school terms of our own list. `benchmarks/lexicon.py` makes it.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import numpy as np
import xxhash

LEXICON = Path(__file__).with_name("zh_en.npz")
HAN = re.compile("[\u3400-\u9fff]+")
LONGEST_WORD = 5  # characters: longer ones are sayings and titles, made of words that are known
_LEAST_HAN = 4  # characters: fewer are a name in an English text
_LONGEST = 20_000  # characters of a prompt that are read


def hashed_word(word: str) -> int:
    """64 bits, which stand for the word in the file: two of a million words rarely have the same."""
    return xxhash.xxh64_intdigest(word.encode())


class Lexicon:
    """What the Chinese words of a text may mean."""

    def __init__(self, path: Path = LEXICON) -> None:
        """A tenth of a second, 15 MB."""
        with np.load(path) as file:
            words = file["words"].tolist()
            stems = file["stems"][file["which"]].tolist()
            ends = np.cumsum(file["counts"], dtype=np.int64).tolist()
        self._means = {word: tuple(stems[start:end]) for word, start, end in zip(words, [0, *ends[:-1]], ends, strict=True)}

    def meanings(self, text: str) -> list[tuple[int, ...]]:
        """For each different word, the longest from the left, the hashes of the English stems that it may mean."""
        found: dict[int, None] = {}
        for run in HAN.findall(text[:_LONGEST]):
            place = 0
            while place < len(run):
                ends = range(min(len(run), place + LONGEST_WORD), place, -1)
                known = ((end, word) for end in ends if (word := hashed_word(run[place:end])) in self._means)
                place, word = next(known, (place + 1, 0))
                found[word] = None
        return [self._means[word] for word in found if word in self._means]


@cache
def lexicon() -> Lexicon:
    """The dictionary that ships, read once."""
    return Lexicon()


def is_chinese(text: str) -> bool:
    """Some words of it are Chinese."""
    return sum(map(len, HAN.findall(text))) >= _LEAST_HAN
