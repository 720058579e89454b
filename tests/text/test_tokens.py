from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from stream_synth.text import token_hashes, tokens


def test_words_characters_numbers_and_operators_are_tokens() -> None:
    """Chinese characters stand alone, words and numbers stay whole, punctuation is left out."""
    assert tokens("Hello, 世界 x+=3！ it's 2.5%") == ["Hello", "世", "界", "x", "+=", "3", "it", "s", "2", "5", "%"]


def test_minus_and_star_are_operators_beside_digits_only() -> None:
    """A hyphen and emphasis separate words; subtraction and multiplication are tokens."""
    assert tokens("well-known **bold** 3-4 5*x") == ["well", "known", "bold", "3", "-", "4", "5", "*", "x"]


def test_scripts_without_spaces_fall_into_characters() -> None:
    """Kana and hangul syllables are tokens of their own; marks stay with their letters."""
    assert tokens("カナ 한국 हिन्दी") == ["カ", "ナ", "한", "국", "हिन्दी"]


@given(st.lists(st.text(alphabet=st.characters(), max_size=40), max_size=6))
def test_hashes_are_equal_exactly_where_tokens_are(texts: list[str]) -> None:
    """Over a whole batch, each text has one hash a token, and token and hash determine each other."""
    found = token_hashes(texts)

    named = [tokens(text) for text in texts]
    pairs = set(zip([token for one in named for token in one], found.hashes.tolist(), strict=True))
    assert found.offsets.tolist() == [sum(map(len, named[:place])) for place in range(len(texts) + 1)]
    assert len(pairs) == len({token for token, _ in pairs}) == len({value for _, value in pairs})


def test_different_tokens_have_different_hashes() -> None:
    """A hundred thousand numbers and their letters collide nowhere."""
    names = [f"{number}" for number in range(50_000)] + [f"w{number}" for number in range(50_000)]

    hashes = token_hashes([" ".join(names)]).hashes

    assert len(np.unique(hashes)) == len(names)


def test_hashes_do_not_depend_on_the_size_of_the_batch() -> None:
    """A text behind a megabyte of others, and a long text of its own chunk, hash as they do alone."""
    alone = token_hashes(["the same words 世界"]).hashes

    behind = token_hashes(["x " * 300_000, "y" * 400_000, "the same words 世界"])

    assert behind.hashes[behind.offsets[2] :].tolist() == alone.tolist()


def test_strange_texts_have_tokens_or_none() -> None:
    """Empty text, NUL and lone surrogates are tokenised without an error."""
    assert [tokens(text) for text in ("", "\x00", "a\x00b", "\ud800x")] == [[], [], ["a", "b"], ["x"]]
