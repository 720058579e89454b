from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from stream_synth.text import shingle_hashes, tokens

WORDS = st.sampled_from(["a", "b", "c", "天", "地", "."])


@given(st.lists(st.lists(WORDS, max_size=9).map(" ".join), max_size=5), st.integers(1, 5))
def test_shingles_are_equal_exactly_where_their_tokens_are(texts: list[str], n: int) -> None:
    """Over a small alphabet, hashes of shingles are equal if and only if the shingles are."""
    expected = [_shingles(text, n) for text in texts]

    found = shingle_hashes(texts, n)

    assert np.diff(found.offsets).tolist() == [len(shingles) for shingles in expected]
    pairs = {
        (shingle, int(value)) for place, shingles in enumerate(expected) for shingle, value in zip(shingles, found.of(place), strict=True)
    }
    assert len(pairs) == len({shingle for shingle, _ in pairs}) == len({value for _, value in pairs})


def test_a_short_text_is_one_shingle() -> None:
    """Fewer than n tokens make one shingle; none make none; the number of tokens is reported."""
    found = shingle_hashes(["two words", "", "one two three four five six"], 5)

    assert np.diff(found.offsets).tolist() == [1, 0, 2]
    assert found.tokens.tolist() == [2, 0, 6]


def test_order_matters() -> None:
    """The same words the other way round are another shingle."""
    found = shingle_hashes(["dog bites man", "man bites dog"], 3)

    assert found.hashes[0] != found.hashes[1]


def _shingles(text: str, n: int) -> list[tuple[str, ...]]:
    found = tokens(text)
    return [tuple(found[place : place + n]) for place in range(max(1, len(found) - n + 1))] if found else []
