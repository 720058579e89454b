"""Remembered instructions, compared by ROUGE-L: with all of them, or with those that could reach a threshold."""

from __future__ import annotations

from array import array
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import Indel

_WORDS = 4  # of 64 bits: an instruction of 80 different tokens fills a quarter of them, so others still stand apart


@dataclass(frozen=True, slots=True)
class Known:
    """One instruction: its row, the hash of the row's parent (0: none), and its tokens, a character each."""

    id: str
    parent: int
    code: str

    def same_task(self, other: Known) -> bool:
        """Two rows of one task: same parent, same words."""
        return self.parent == other.parent != 0 and self.code == other.code


class InstructionPool:
    """Instructions by number, from 0, in the order of remembering."""

    def __init__(self) -> None:
        self.tokens = 0  # in all of them together
        self._known: list[Known] = []
        self._codes: list[str] = []
        self._sizes = array("I")
        self._sets = array("Q")  # of each row, which of 256 groups its tokens fall into

    def __len__(self) -> int:
        return len(self._known)

    def __getitem__(self, row: int) -> Known:
        return self._known[row]

    def append(self, known: Known) -> None:
        """Remember one more."""
        self.tokens += len(known.code)
        self._known.append(known)
        self._codes.append(known.code)
        self._sizes.append(len(known.code))
        self._sets.frombytes(_token_set(known.code).tobytes())

    def all_scores(self, code: str, since: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Rows from `since` on, and how alike each is to `code`."""
        rows = np.arange(since, len(self))
        return rows, _rouge(code, self._codes[since:])

    def scores_above(self, code: str, least: float, since: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """The same for those rows that lengths and token sets do not keep below `least`: no other can reach it."""
        sizes = np.frombuffer(self._sizes, np.uint32)[since:].astype(np.int64)
        sets = np.frombuffer(self._sets, np.uint64).reshape(-1, _WORDS)[since:]
        own = _token_set(code)
        # A group that only one of the two has holds at least one token that the other lacks.
        mine = len(code) - np.bitwise_count(own & ~sets).sum(axis=1, dtype=np.int64)
        theirs = sizes - np.bitwise_count(sets & ~own).sum(axis=1, dtype=np.int64)
        rows = np.flatnonzero(2 * np.minimum(mine, theirs) >= least * (len(code) + sizes)) + since
        return rows, _rouge(code, [self._codes[row] for row in rows.tolist()])


def _token_set(code: str) -> NDArray[np.uint64]:
    groups = np.frombuffer(code.encode("utf-32-le"), np.uint32) % (64 * _WORDS)
    bits = np.zeros(_WORDS, np.uint64)
    np.bitwise_or.at(bits, groups // 64, np.uint64(1) << (groups % 64).astype(np.uint64))
    return bits


def _rouge(code: str, others: list[str]) -> NDArray[np.float32]:
    """0 where either has no token."""
    if not code or not others:
        return np.zeros(len(others), np.float32)
    found: NDArray[np.float32] = process.cdist([code], others, scorer=Indel.normalized_similarity, dtype=np.float32)[0]
    return found
