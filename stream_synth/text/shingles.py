"""Shingles: n consecutive tokens as one hash. What near-duplicates share and different texts do not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stream_synth.text.tokens import TokenHashes, mixed, token_hashes

VERSION = 1  # of tokens and hashes: anything kept in a file names it, and is made anew when it changed


@dataclass(frozen=True, slots=True)
class Shingles:
    """Shingle hashes of several texts, in reading order. Text i owns `hashes[offsets[i]:offsets[i + 1]]`."""

    hashes: NDArray[np.uint64]
    offsets: NDArray[np.int64]
    tokens: NDArray[np.int64]  # how many tokens each text has

    def of(self, index: int) -> NDArray[np.uint64]:
        """The shingles of one text."""
        return self.hashes[self.offsets[index] : self.offsets[index + 1]]


def shingle_hashes(texts: Sequence[str], n: int = 5) -> Shingles:
    """Hashes of every n consecutive tokens of every text, which should be normalised.

    A text of fewer than n tokens has one shingle, the whole of it; a text without tokens has none. n = 5 is the
    usual size for documents (FineWeb, NeMo Curator).
    """
    return shingled(token_hashes(texts), n)


def shingled(tokens: TokenHashes, n: int) -> Shingles:
    """The same from tokens already hashed."""
    counts = np.diff(tokens.offsets)
    texts = len(counts)
    room = counts + (n - 1)  # zeros behind each text: its last shingles cannot reach into the next
    begins = np.zeros(texts + 1, np.int64)
    np.cumsum(room, out=begins[1:])
    padded = np.zeros(int(begins[-1]) + n, np.uint64)
    text_of_token = np.repeat(np.arange(texts), counts)
    padded[np.arange(len(tokens.hashes)) + text_of_token * (n - 1)] = tokens.hashes
    sums = padded[: len(padded) - n + 1].copy()
    for place in range(1, n):
        sums += padded[place : len(padded) - n + 1 + place] * _weight(place)
    sizes = np.where(counts > 0, np.maximum(counts - (n - 1), 1), 0)
    offsets = np.zeros(texts + 1, np.int64)
    np.cumsum(sizes, out=offsets[1:])
    chosen = np.arange(int(offsets[-1])) + np.repeat(begins[:-1] - offsets[:-1], sizes)
    return Shingles(mixed(sums[chosen]), offsets, counts)


def _weight(place: int) -> np.uint64:
    """An odd factor for each place in the shingle, so that order matters."""
    return np.uint64(pow(0xBF58476D1CE4E5B9, place, 1 << 64))
