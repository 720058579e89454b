from __future__ import annotations

import time
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from stream_synth.text import normalise, squeezed

INVISIBLE = dict.fromkeys([0xAD, 0x180E, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2065), 0xFEFF])


@given(st.text(alphabet=st.characters(), max_size=60))
def test_the_shortcut_for_full_width_marks_changes_nothing(text: str) -> None:
    """Normalising is NFKC, then case folding, then removal of invisible characters, for any text."""
    expected = unicodedata.normalize("NFKC", text).casefold().translate(INVISIBLE)

    assert normalise(text) == expected


def test_width_case_and_invisible_characters_do_not_matter() -> None:
    """A full-width, capitalised text with a zero-width space is spelled like its plain form."""
    assert normalise("ＨＥＬＬＯ，wor\u200bld") == "hello,world"


def test_squeezing_leaves_one_blank() -> None:
    """Runs of white space, ideographic included, become one blank; none stays at the ends."""
    assert squeezed("  a \n\u3000 B\t") == "a b"


def test_a_megabyte_of_combining_marks_takes_no_minutes() -> None:
    """Runs of combining marks are cut before normalisation, which sorts them in quadratic time."""
    began = time.perf_counter()

    normalised = normalise("a" + "\u0301\u0316" * 100_000)

    assert len(normalised) < 40
    assert time.perf_counter() - began < 2
