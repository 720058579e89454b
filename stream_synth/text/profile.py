"""One pass over a batch of texts that counts what rules ask for: kinds of characters, plausible pairs, repetition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stream_synth.text.characters import Kind, joined, kinds
from stream_synth.text.plausible import han_tables, letter_table
from stream_synth.text.repetition import WINDOW, gram_hashes
from stream_synth.text.tokens import chunks

SHORTEST = 60  # characters: in fewer, a refrain is half the text
GRAM = 8  # characters: longer than a Chinese set phrase or an English word, shorter than any loop worth calling one


@dataclass(frozen=True, slots=True)
class Profile:
    """What was counted in one text."""

    kinds: list[int]  # number of characters of each `Kind`
    letter_pairs: int  # neighbouring ASCII letters
    letter_score: float  # their mean score: 8.3 for English prose, 7.9 for French or pinyin, 7.3 with letters shuffled, 5 for keyboard mash
    han_pairs: int  # neighbouring Chinese characters
    han_common: float  # share of them that is common: 0.2 for prose, 0.01 in random order
    distinct: float  # share of 8-character windows seen for the first time, in the most repetitive 2,000 characters; 1.0 below 60


def profiles(texts: Sequence[str]) -> list[Profile]:
    """One profile a text."""
    found: list[Profile] = []
    for chunk in chunks(texts):
        found += _profiles(chunk)
    return found


def _profiles(texts: Sequence[str]) -> list[Profile]:
    codes, offsets = joined(texts)
    kind = kinds(codes)
    owner = np.repeat(np.arange(len(texts)), np.diff(offsets))
    counts = np.bincount(owner * len(Kind) + kind, minlength=len(texts) * len(Kind)).reshape(len(texts), len(Kind))
    counts[:, Kind.NEWLINE] -= 1  # the one that `joined` adds
    letters, letter_score = _letter_pairs(codes, owner, len(texts))
    han, han_common = _han_pairs(codes, owner, len(texts))
    distinct = _distinct(codes, kind, owner, len(texts))
    rows = zip(counts.tolist(), letters.tolist(), letter_score.tolist(), han.tolist(), han_common.tolist(), distinct.tolist(), strict=True)
    return [Profile(*row) for row in rows]


def _letter_pairs(codes: NDArray[np.uint32], owner: NDArray[np.int64], texts: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    lowered = (codes | np.uint32(32)) - np.uint32(ord("a"))
    letter = lowered < 26
    at = np.flatnonzero(letter[1:] & letter[:-1])
    scores = letter_table()[lowered[at], lowered[at + 1]]
    counts = np.bincount(owner[at], minlength=texts)
    return counts, np.bincount(owner[at], weights=scores, minlength=texts) / np.maximum(counts, 1)


def _han_pairs(codes: NDArray[np.uint32], owner: NDArray[np.int64], texts: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    han = (codes - np.uint32(0x4E00)) < 0x5200
    at = np.flatnonzero(han[1:] & han[:-1])
    numbers, common = han_tables()
    first, second = np.take(numbers, codes[at], mode="clip"), np.take(numbers, codes[at + 1], mode="clip")
    counts = np.bincount(owner[at], minlength=texts)
    return counts, np.bincount(owner[at], weights=common[first, second], minlength=texts) / np.maximum(counts, 1)


def _distinct(codes: NDArray[np.uint32], kind: NDArray[np.uint8], owner: NDArray[np.int64], texts: int) -> NDArray[np.float64]:
    """The smallest share of distinct grams among the windows of each text; runs of blanks count as one."""
    blank = kind == Kind.SPACE
    kept = np.flatnonzero(~(blank[1:] & blank[:-1])) + 1
    kept = np.concatenate([[0], kept]) if len(codes) else kept
    owner = owner[kept]
    hashes = gram_hashes(codes[kept].astype(np.uint64), GRAM)
    starts = np.searchsorted(owner, np.arange(texts + 1))
    window = (np.arange(len(owner)) - starts[owner]) // WINDOW
    per_text = np.bincount(owner[window > 0], minlength=texts) // WINDOW + 1 if len(window) and window.max() else np.ones(texts, np.int64)
    first_window = np.concatenate([[0], np.cumsum(per_text)])
    window = (np.minimum(window, per_text[owner] - 1) + first_window[owner])[: len(hashes)]
    inside = owner[: len(hashes)] == owner[GRAM - 1 :][: len(hashes)] if len(hashes) else np.empty(0, bool)
    keyed = (window[inside].astype(np.uint64) << np.uint64(40)) | (hashes[inside] >> np.uint64(24))
    keyed.sort()
    totals = np.bincount(window[inside], minlength=int(first_window[-1]))
    fresh = np.ones(len(keyed), bool)
    fresh[1:] = keyed[1:] != keyed[:-1]
    different = np.bincount((keyed[fresh] >> np.uint64(40)).astype(np.int64), minlength=int(first_window[-1]))
    share = np.where(totals >= SHORTEST - GRAM, different / np.maximum(totals, 1), 1.0)
    return np.minimum.reduceat(share, first_window[:-1])
