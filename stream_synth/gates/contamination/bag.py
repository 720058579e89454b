"""What a question is made of, whatever its wording: stems of its words, and its numbers and formulas piece by piece.

A paraphrase keeps names, things and numbers and changes the rest; a twin made from the same template keeps the wording
and changes the numbers. So words and formulas are counted apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np
import xxhash
from numpy.typing import NDArray

from stream_synth.text import normalise, tokens

STEM = 5  # letters: "consumes" and "consumed" are one word; a third of the missed paraphrases come back
_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_NUMBERS = {word: str(number) for number, word in enumerate(_WORDS)}
_DIGITS = re.compile(r"\d+")
_SMALL = frozenset(("a", "an", "as", "at", "be", "by", "do", "he", "if", "in", "is", "it", "no", "of", "on", "or", "so", "to", "us", "we"))
_DRAWING = re.compile(r"\[asy\].*?\[/asy\]", re.DOTALL)  # code of a figure: long, and alike in different problems
_HAN = 0x3000  # from here on a character is a token, and a pair of them about a word
_LONGEST = 20_000  # characters of a prompt that are read: no question is longer


def bag(text: str) -> tuple[set[int], set[int]]:
    """Hashes of the words and of the formula pieces of a text."""
    words: set[int] = set()
    formulas: set[int] = set()
    run: list[str] = []
    before = ""
    for spelled in tokens(_DRAWING.sub(" ", normalise(text[:_LONGEST]))):
        token = _NUMBERS.get(spelled, spelled)
        if ord(token[0]) >= _HAN:
            words.add(_hash(before + token))
            before = token
        elif token.isalpha() and (len(token) > 2 or token in _SMALL):
            if token not in _SMALL:
                words.add(_hash(token[:STEM]))
        else:
            run.append(token)
            continue
        if run:
            formulas.update(_pieces(run))
            run = []
    formulas.update(_pieces(run))
    return words, formulas


def bags(texts: Sequence[str]) -> tuple[NDArray[np.uint32], NDArray[np.int32]]:
    """Sorted hashes of each text's words, then its formula pieces, all texts in order; and how many of each."""
    return joined(bag(text) for text in texts)


def joined(pairs: Iterable[tuple[set[int], set[int]]]) -> tuple[NDArray[np.uint32], NDArray[np.int32]]:
    """Bags of two parts, one after the other, and how much each part holds."""
    parts = [np.array(sorted(part), np.uint32) for pair in pairs for part in pair]
    sizes = np.fromiter(map(len, parts), np.int32, len(parts))
    return (np.concatenate(parts) if parts else np.empty(0, np.uint32)), sizes


def _pieces(run: list[str]) -> set[int]:
    """Each number, and each three neighbours, of a formula."""
    if len(run) <= 3:
        whole = {_hash(f"\x00{' '.join(run)}")} if run else set()
    else:
        whole = {_hash(f"\x00{' '.join(run[place : place + 3])}") for place in range(len(run) - 2)}
    return whole | {_hash(f"\x00{number}") | 1 for token in run for number in _DIGITS.findall(token)}


def hashed_stem(stem: str) -> int:
    """As the words of a bag are hashed."""
    return _hash(stem)


@lru_cache(maxsize=1 << 16)
def _hash(piece: str) -> int:
    """Even: the lowest bit marks numbers, which are also counted by themselves."""
    return xxhash.xxh32_intdigest(piece.encode("utf-8", "surrogatepass")) & ~1
