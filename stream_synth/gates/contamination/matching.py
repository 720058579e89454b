"""Whether a row says what an item says: coverage of the item, judged closely for the few pairs where it may be enough."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stream_synth.gates.contamination.postings import Hits, Postings
from stream_synth.gates.contamination.reading import NGRAM
from stream_synth.text import tokens

_ENDS = frozenset(
    "\n.?!:;,\"'“”‘’«»。？！：；，、「」『』()（）[]【】{}*#>|$_"
)  # what may stand around a whole question: marks, formulas, blanks
_CLOSER_LOOKS = 32  # items examined for one row, those covered best first: a book may brush hundreds


@dataclass(frozen=True, slots=True)
class Rule:
    """When an item counts as contained in a row."""

    coverage: float  # weighted share of the item's n-grams, for items of `long_grams` and more
    long_grams: int
    short_grams: int  # items of no more than this must be there whole, in the prompt, from border to border
    min_weight: float  # n-grams (less for common ones) below which an item is too common to tell: "which of these is true?"


@dataclass(frozen=True, slots=True)
class Reading:
    """One row as it is compared: its sides, spelled plainly."""

    sides: tuple[tuple[str, str], ...]  # ("prompt", text), ("response", text), ...
    options: bool  # the row lists options
    raw: str = ""  # all sides as they were, prompt first: names in programs are told by their capitals
    question: str = ""  # the prompt as it was, without options and answer

    @property
    def text(self) -> str:
        """All sides, one after the other."""
        return "\n".join(text for _, text in self.sides)


@dataclass(frozen=True, slots=True)
class Match:
    """An item found in a row."""

    item: int
    coverage: float
    first: int  # token of the row where it begins
    end: int  # and the one after its last


class Matcher:
    """Decides by coverage which of many items a row contains."""

    def __init__(self, postings: Postings, tokens_of_items: NDArray[np.int32], rule: Rule) -> None:
        self._postings = postings
        self._tokens = tokens_of_items  # (items, 2): of the question, of all
        self._rule = rule
        self._need_question = self._needed(postings.question_grams, postings.question_weight)
        self._need_whole = self._needed(postings.whole_grams, postings.whole_weight)

    def matches(self, hits: Hits, row: int, reading: Reading) -> Match | None:
        """The best covered item of this row that stands a close look."""
        start, end = np.searchsorted(hits.rows, [row, row + 1])
        chosen = np.arange(start, end)[self.likely(hits)[start:end]]
        covered = hits.whole[chosen] / self._postings.whole_weight[hits.items[chosen]]
        best: Match | None = None
        for item in hits.items[chosen[np.argsort(-covered, kind="stable")[:_CLOSER_LOOKS]]].tolist():
            match = self._close_look(hits, row, reading, item)
            if match and (best is None or match.coverage > best.coverage):
                best = match
        return best

    def likely(self, hits: Hits) -> NDArray[np.bool_]:
        """Pairs whose n-grams suffice, wherever in the row they stand."""
        question = hits.question >= self._need_question[hits.items]
        return question | (hits.whole >= self._need_whole[hits.items])

    def _needed(self, grams: NDArray[np.int64], weight: NDArray[np.float64]) -> NDArray[np.float64]:
        """Weight that must be shared: all of a short item, falling to `coverage` of a long one."""
        rule = self._rule
        long = np.clip((grams - rule.short_grams) / max(rule.long_grams - rule.short_grams, 1), 0, 1)
        share = 1 - (1 - rule.coverage) * long
        return np.where(weight >= rule.min_weight, share * weight - 1e-6, np.inf)

    def _close_look(self, hits: Hits, row: int, reading: Reading, item: int) -> Match | None:
        found = list(self._shared(hits, row, item))
        whole = _densest(found, 2 * int(self._tokens[item, 1]) + 40)  # options may stand apart from the question, in any order
        question = _densest([one for one in found if one[3]], 2 * int(self._tokens[item, 0]) + 10)
        whole_weight, question_weight = self._postings.whole_weight[item], self._postings.question_weight[item]
        if whole.weight >= self._need_whole[item] and (whole_weight > question_weight or self._stands_alone(whole, reading, item)):
            return Match(item, min(1.0, whole.weight / whole_weight), whole.first, whole.end)
        if question.weight < self._need_question[item] or not self._stands_alone(question, reading, item):
            return None
        if self._other_options(whole, reading, item):
            return None
        return Match(item, min(1.0, question.weight / question_weight), question.first, question.end)

    def _shared(self, hits: Hits, row: int, item: int) -> Iterator[tuple[int, int, float, bool]]:
        """Place, number, weight of each n-gram of the row that the item has, and whether its question has it."""
        for place, gram in hits.of_row(row):
            begin, end = self._postings.starts[gram : gram + 2]
            parts = self._postings.parts[begin:end]
            for offset in np.flatnonzero(parts >> 1 == item)[:1]:
                yield place, gram, float(self._postings.weights[begin + offset]), not parts[offset] & 1

    def _other_options(self, whole: _Stretch, reading: Reading, item: int) -> bool:
        """Same short stem, other options: "Which of these is a metal?" is another item."""
        postings = self._postings
        if not reading.options or postings.question_grams[item] >= self._rule.long_grams:
            return False
        rest = postings.whole_weight[item] - postings.question_weight[item]
        return bool(rest > 0 and whole.weight < 0.5 * postings.whole_weight[item])

    def _stands_alone(self, stretch: _Stretch, reading: Reading, item: int) -> bool:
        """A short question counts only as a sentence of its own in the prompt, not in passing."""
        if self._postings.question_grams[item] > self._rule.short_grams:
            return True
        # A sentence of the question's length covers the stretch: its first words may be too common to be in the index ("Which of the").
        length = int(self._tokens[item, 0])
        earliest = max(0, min(stretch.first, stretch.end - length))
        starts = range(stretch.first, earliest - 1, -1)
        return any(stands_alone(reading.sides[0][1], first, max(first + length, stretch.end), reading.raw) for first in starts)


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Part of a row, and the weight of what it shares with an item."""

    weight: float
    first: int
    end: int


def _densest(found: Sequence[tuple[int, int, float, bool]], width: int) -> _Stretch:
    """The stretch of at most `width` tokens that shares most; repeated n-grams count once."""
    best, total, begin = _Stretch(0.0, 0, 0), 0.0, 0
    inside: dict[int, int] = {}
    for place, gram, weight, _ in found:
        inside[gram] = inside.get(gram, 0) + 1
        total += weight if inside[gram] == 1 else 0.0
        while place - found[begin][0] > width:
            _, old, old_weight, _ = found[begin]
            inside[old] -= 1
            total -= old_weight if inside[old] == 0 else 0.0
            begin += 1
        if total > best.weight + 1e-9:
            best = _Stretch(total, found[begin][0], place + NGRAM)
    return best


def stands_alone(prompt: str, first: int, end: int, raw: str = "") -> bool:
    """Tokens `first` to `end` of the prompt are no part of a longer sentence.

    `raw`: what the prompt was before it was spelled plainly; a capital letter then begins a new sentence after one without a mark.
    """
    begin, stop = placed(prompt, first, end)
    before, after = prompt[:begin].rstrip(" \t"), prompt[stop:].lstrip(" \t")
    if stop <= begin or (before and before[-1] not in _ENDS):
        return False
    follows = len(prompt) - len(after)
    return not after or after[0] in _ENDS or (follows > stop and raw[follows : follows + 1].isupper())


def placed(text: str, first: int, end: int) -> tuple[int, int]:
    """Where tokens `first` to `end` stand in the text; (0, 0) when it has not so many."""
    words = tokens(text)
    if first >= len(words):
        return 0, 0
    position = begin = 0
    for number, word in enumerate(words[:end]):
        position = text.index(word, position)
        if number == first:
            begin = position
        position += len(word)
    return begin, position
