from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream_synth.text import Kind, profiles

EN = "Energy can be saved at home by closing the windows in winter and by choosing lamps that last. "
ZH = "我们可以通过很多方法来节约能源，例如在冬天关好门窗。这些方法非常简单，而且可以帮助人们减少生活中的开支。"


def test_kinds_are_counted_text_by_text() -> None:
    """Each text has its own counts; the line breaks between texts in the batch are not counted."""
    english, chinese, empty = profiles(["Ab 1\n", "世界，😀�", ""])

    assert (english.kinds[Kind.LATIN], english.kinds[Kind.DIGIT], english.kinds[Kind.SPACE], english.kinds[Kind.NEWLINE]) == (2, 1, 1, 1)
    assert [chinese.kinds[kind] for kind in (Kind.HAN, Kind.PUNCTUATION, Kind.EMOJI, Kind.GARBLE)] == [2, 1, 1, 1]
    assert sum(empty.kinds) == 0


def test_prose_is_plausible_and_disorder_is_not() -> None:
    """Letters in random order score below English, keyboard mash below both; shuffled Chinese has hardly a common pair."""
    rng = random.Random(3)
    words = [word for word in EN.split() if len(word) > 3] * 4
    mixed = " ".join("".join(rng.sample(word, len(word))) for word in words)
    mash = " ".join("".join(rng.choices("qwfpjluyarstdhneioz;xcvbkm", k=6)) for _ in range(30))
    shuffled = "".join(rng.sample(ZH, len(ZH)))

    prose, disorder, keys, chinese, chinese_disorder = profiles([EN, mixed, mash, ZH, shuffled])

    assert prose.letter_score > 7.9
    assert 7.6 > disorder.letter_score > keys.letter_score
    assert chinese.han_common > 0.2
    assert chinese_disorder.han_common < 0.1


def test_traditional_characters_are_as_plausible() -> None:
    """我們 counts as 我们."""
    simplified, traditional = profiles(["我们可以这样学习", "我們可以這樣學習"])

    assert traditional.han_common == simplified.han_common > 0


@pytest.mark.parametrize("filler", [0, 5000])
def test_repetition_is_found_in_any_part_of_a_long_text(filler: int) -> None:
    """The most repetitive two thousand characters count, however long the sound rest is."""
    rng = random.Random(5)
    sound = "".join(rng.choices("abcdefghijklmnopqrstuvwxyz ", k=filler))

    looped, fine = profiles([sound + "over and over " * 140, sound + EN + ZH])

    assert looped.distinct < 0.4
    assert fine.distinct > 0.9


@given(st.lists(st.text(alphabet=st.characters(), max_size=200), max_size=5))
def test_a_text_has_one_profile_whatever_stands_beside_it(texts: list[str]) -> None:
    """Profiles of a batch are the profiles of its texts."""
    assert profiles(texts) == [profiles([text])[0] for text in texts]


def test_strange_texts_are_counted() -> None:
    """One character, NUL, surrogates and a megabyte of one letter have a profile."""
    one, nul, surrogate, long = profiles(["a", "\x00", "\ud800", "a" * 1_000_000])

    assert (one.distinct, nul.kinds[Kind.CONTROL], surrogate.kinds[Kind.OTHER]) == (1.0, 1, 1)
    assert long.distinct < 0.01
