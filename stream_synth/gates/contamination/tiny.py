"""Questions too short for an n-gram: "Archaeology studies", "Compute 2^10". Found only whole, as a sentence of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from stream_synth.gates.contamination.index import ItemIndex
from stream_synth.gates.contamination.matching import Match, Reading, stands_alone
from stream_synth.gates.contamination.reading import NGRAM, short
from stream_synth.text import token_hashes
from stream_synth.text.shingles import shingled

_SHORTEST = 3  # tokens; "What is" and "Why?" belong to nobody


class TinyItems:
    """Items whose question has 3 or 4 tokens, those of one benchmark with equal questions aside."""

    def __init__(self, indexes: Sequence[ItemIndex]) -> None:
        self._items: dict[int, dict[int, int]] = {tokens: {} for tokens in range(_SHORTEST, NGRAM)}
        first = 0
        for index in indexes:
            for tokens, items in self._items.items():
                items.update(_unique(index, tokens, first))
            first += len(index)
        self._known = {tokens: np.array(sorted(items), np.uint32) for tokens, items in self._items.items()}

    def matches(self, readings: Sequence[Reading]) -> Iterator[tuple[int, Match]]:
        """Rows whose prompt has such a question as a sentence, and where."""
        prompts = [reading.sides[0][1] for reading in readings]
        hashes = token_hashes(prompts)
        for tokens, known in self._known.items():
            shingles = shingled(hashes, tokens)
            grams = short(shingles.hashes)
            for place in np.flatnonzero(np.isin(grams, known)).tolist():
                row = int(np.searchsorted(shingles.offsets, place, side="right")) - 1
                first = place - int(shingles.offsets[row])
                if not readings[row].options and stands_alone(prompts[row], first, first + tokens):
                    yield row, Match(self._items[tokens][int(grams[place])], 1.0, first, first + tokens)


def _unique(index: ItemIndex, tokens: int, first: int) -> dict[int, int]:
    """Hash of the question and number of each such item."""
    ends = np.cumsum(index.sizes)
    begins = (ends - index.sizes)[::2]
    mine = np.flatnonzero((index.tokens[::2] == tokens) & (index.sizes[::2] == 1))
    grams, at, count = np.unique(index.grams[begins[mine]], return_index=True, return_counts=True)
    return {int(gram): int(mine[place]) + first for gram, place, times in zip(grams, at, count, strict=True) if times == 1}
