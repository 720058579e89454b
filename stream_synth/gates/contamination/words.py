"""Chinese words and what they mean in English, so that a translated question can be compared with an English one.

The dictionary is CC-CEDICT (https://cc-cedict.org, CC BY-SA 4.0), of which `lexicon/zh_en.npz` holds the words and the stems of their
meanings; `benchmarks/lexicon.py` makes it. Names and terms are in it: 同态 homomorphism, 阿贝尔 abelian.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import numpy as np

from stream_synth.gates.contamination.bag import hashed_stem

LEXICON = Path(__file__).parent / "lexicon" / "zh_en.npz"
HAN = re.compile("[\u3400-\u9fff]+")
_LEAST_HAN = 4  # characters: fewer are a name in an English text
_LONGEST = 20_000  # characters of a prompt that are read


class Lexicon:
    """What the Chinese words of a text may mean."""

    def __init__(self, path: Path = LEXICON) -> None:
        """Half a second, 30 MB."""
        with np.load(path) as file:
            words = file["words"].tobytes().decode().split("\n")
            stems = [hashed_stem(stem) for stem in file["stems"].tobytes().decode().split("\n")]
            ends = np.cumsum(file["counts"], dtype=np.int64).tolist()
            which = file["which"].tolist()
        starts = [0, *ends[:-1]]
        self._means = {
            word: tuple(stems[place] for place in which[start:end]) for word, start, end in zip(words, starts, ends, strict=True)
        }
        self._longest: dict[str, int] = {}  # word that begins with this character
        for word in sorted(self._means, key=len):
            self._longest[word[0]] = len(word)

    def meanings(self, text: str) -> list[tuple[int, ...]]:
        """For each different word, the longest from the left, the hashes of the English stems that it may mean."""
        found: dict[str, None] = {}
        for run in HAN.findall(text[:_LONGEST]):
            place = 0
            while place < len(run):
                ends = range(min(len(run), place + self._longest.get(run[place], 1)), place, -1)
                end = next((end for end in ends if run[place:end] in self._means), place + 1)
                found[run[place:end]] = None
                place = end
        return [self._means[word] for word in found if self._means.get(word)]


@cache
def lexicon() -> Lexicon:
    """The dictionary that ships, read once."""
    return Lexicon()


def is_chinese(text: str) -> bool:
    """Some words of it are Chinese."""
    return sum(map(len, HAN.findall(text))) >= _LEAST_HAN
