"""A reference solution without its numbers, so that the way can be shown and the answer cannot be copied."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from string import ascii_uppercase
from unicodedata import normalize

_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+(?:[.．]\d+)?|\d+(?:[.．]\d+)?|[零〇一二两三四五六七八九十百千万亿]{2,}")
_CALCULATOR = re.compile(r"<<[^<>]*>>")  # GSM8K's notes for a calculator
_TAKEN = re.compile(r"(?<![A-Za-z])[A-Z](?![A-Za-z])")


def masked_solution(solution: str, question: str) -> str:
    """The solution with a capital letter for each number that the question does not hold, the same letter for the same number.

    Digits of either width, and Chinese numerals of two characters or more (one may be part of a word). Letters that either text
    uses by themselves are left out.
    """
    given = {_value(found) for found in _NUMBER.findall(question)}
    letters = _letters(set(_TAKEN.findall(f"{solution}\n{question}")))
    chosen: dict[str, str] = {}

    def masked(found: re.Match[str]) -> str:
        value = _value(found[0])
        if value in given:
            return found[0]
        return chosen.get(value) or chosen.setdefault(value, next(letters))

    return _NUMBER.sub(masked, _CALCULATOR.sub("", solution))


def _letters(taken: set[str]) -> Iterator[str]:
    """M, N, ..., L, then MM, MN, ...: away from the letters that problems name things by first."""
    order = ascii_uppercase[12:] + ascii_uppercase[:12]
    yield from (letter for letter in order if letter not in taken)
    length = 2
    while True:
        yield from ("".join(letters) for letters in product(order, repeat=length))
        length += 1


def _value(number: str) -> str:
    """One spelling for 1,000 and １０００ and 1000.0."""
    plain = normalize("NFKC", number).replace(",", "")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain
