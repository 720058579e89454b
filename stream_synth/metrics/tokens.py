"""Token hashes of several texts in one array, and what n-grams they make."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]
_FACTOR = np.uint64(0x9E3779B97F4A7C15)  # odd, so that order matters and no bit is lost
_SHIFT = np.uint64(31)


@dataclass(frozen=True, slots=True)
class Tokens:
    """Text i owns `hashes[offsets[i]:offsets[i + 1]]`: 64-bit hashes of its tokens, in reading order."""

    hashes: Hashes
    offsets: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def of(self, index: int) -> Hashes:
        """The tokens of one text."""
        return self.hashes[self.offsets[index] : self.offsets[index + 1]]

    def owners(self) -> NDArray[np.int64]:
        """For each token, the text it belongs to."""
        return np.repeat(np.arange(len(self)), np.diff(self.offsets))


def joined(parts: list[Tokens]) -> Tokens:
    """The texts of all parts, one after the other."""
    sizes = [np.diff(part.offsets) for part in parts]
    offsets = np.zeros(sum(map(len, sizes)) + 1, np.int64)
    if parts:
        np.cumsum(np.concatenate(sizes), out=offsets[1:])
    return Tokens(np.concatenate([part.hashes for part in parts]) if parts else np.empty(0, np.uint64), offsets)


def ngrams(tokens: Tokens, n: int) -> tuple[Hashes, NDArray[np.int64]]:
    """(hash, text) of every n consecutive tokens; none reaches from one text into the next."""
    owners = tokens.owners()
    if len(owners) < n:
        return np.empty(0, np.uint64), np.empty(0, np.int64)
    last = len(owners) - n + 1
    hashes = tokens.hashes[:last].copy()
    for place in range(1, n):
        hashes = (hashes ^ (hashes >> _SHIFT)) * _FACTOR + tokens.hashes[place : last + place]
    inside = owners[:last] == owners[n - 1 :]
    return hashes[inside], owners[:last][inside]
