"""What kind of character a code point is: one byte for each, looked up for whole batches of text at once.

Scripts that matter for telling languages apart have a kind of their own; everything else is grouped by what a tokeniser
or a rule asks of it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from enum import IntEnum
from functools import cache

import numpy as np
from numpy.typing import NDArray


class Kind(IntEnum):
    """Kinds of characters. The order is free; the number of kinds is `len(Kind)`."""

    OTHER = 0  # unassigned and whatever is named nowhere below
    SPACE = 1
    NEWLINE = 2
    LATIN = 3
    DIGIT = 4
    HAN = 5
    KANA = 6
    HANGUL = 7
    CYRILLIC = 8
    ARABIC = 9
    INDIC = 10  # Devanagari to Sinhala
    THAI = 11
    GREEK = 12
    HEBREW = 13
    LETTER = 14  # letters of any other script
    MARK = 15  # combining marks: they belong to the word around them
    PUNCTUATION = 16
    OPERATOR = 17  # mathematics and code: + = < > ^ % & ~ / and the Unicode mathematical symbols
    MARKUP = 18  # * and -: operators beside a digit, else bullets, emphasis and hyphens
    CONTROL = 19
    GARBLE = 20  # U+FFFD and private use: bytes that somebody failed to decode
    EMOJI = 21  # symbols of category So outside the ASCII range
    ACCENT = 22  # U+0080 to U+00FF that is no Latin letter: the tail of UTF-8 read as Latin-1
    INVISIBLE = 23  # zero-width and direction characters


_KINDS_OF_CHARACTERS: dict[str, Kind] = {
    **dict.fromkeys("+=<>^%&~/", Kind.OPERATOR),
    **dict.fromkeys("*-", Kind.MARKUP),
    **dict.fromkeys("\n\r\u2028\u2029", Kind.NEWLINE),
    **dict.fromkeys("\t\v\f\xa0", Kind.SPACE),
    "\ufffd": Kind.GARBLE,
}
_KINDS_OF_CATEGORIES: dict[str, Kind] = {
    "N": Kind.DIGIT,
    "M": Kind.MARK,
    "Z": Kind.SPACE,
    "So": Kind.EMOJI,
    "Cf": Kind.INVISIBLE,
    "Cc": Kind.CONTROL,
    "P": Kind.PUNCTUATION,
    "S": Kind.PUNCTUATION,
}
_TABLE_END = 0x30000  # planes 0 to 2 hold every assigned letter but a few historic ones
_RANGES: tuple[tuple[int, int, Kind], ...] = (
    (0x0370, 0x0400, Kind.GREEK),
    (0x0400, 0x0530, Kind.CYRILLIC),
    (0x0590, 0x0600, Kind.HEBREW),
    (0x0600, 0x0780, Kind.ARABIC),
    (0x0900, 0x0E00, Kind.INDIC),
    (0x0E00, 0x0E80, Kind.THAI),
    (0x1100, 0x1200, Kind.HANGUL),
    (0x1E00, 0x1F00, Kind.LATIN),
    (0x1F00, 0x2000, Kind.GREEK),
    (0x3040, 0x3100, Kind.KANA),
    (0x31F0, 0x3200, Kind.KANA),
    (0xFB50, 0xFE00, Kind.ARABIC),
    (0xFF66, 0xFFA0, Kind.KANA),
)
_BLOCKS: tuple[tuple[int, int, Kind], ...] = (  # filled without asking for each character's category
    (0x3400, 0x4DC0, Kind.HAN),
    (0x4E00, 0xA000, Kind.HAN),
    (0xAC00, 0xD7A4, Kind.HANGUL),
    (0xD800, 0xE000, Kind.OTHER),
    (0xE000, 0xF900, Kind.GARBLE),
    (0xF900, 0xFB00, Kind.HAN),
    (0x20000, 0x30000, Kind.HAN),
)


@cache
def kind_table() -> NDArray[np.uint8]:
    """Kind of every code point below U+30000, and one last entry for all above. Built once, in about 30 ms."""
    table = np.zeros(_TABLE_END + 1, np.uint8)
    for start, end, kind in _BLOCKS:
        table[start:end] = kind
    blocked = sorted((start, end) for start, end, _ in _BLOCKS)
    position = 0
    for start, end in [*blocked, (_TABLE_END, _TABLE_END)]:
        for code in range(position, start):
            table[code] = _kind_of(code)
        position = max(position, end)
    for start, end, kind in _RANGES:
        letters = np.flatnonzero(table[start:end] == Kind.LETTER) + start
        table[letters] = kind
    return table


def _kind_of(code: int) -> Kind:
    character = chr(code)
    category = unicodedata.category(character)
    if character in _KINDS_OF_CHARACTERS:
        return _KINDS_OF_CHARACTERS[character]
    if category[0] == "L":
        return Kind.LATIN if code < 0x250 and category != "Lo" else Kind.LETTER
    if category == "Sm" and code > 0x7F:
        return Kind.OPERATOR
    if 0x80 <= code <= 0xFF and category[0] not in "NM":
        return Kind.ACCENT
    return _KINDS_OF_CATEGORIES.get(category, _KINDS_OF_CATEGORIES.get(category[0], Kind.OTHER))


def code_points(text: str) -> NDArray[np.uint32]:
    """The text as code points; lone surrogates are kept."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def kinds(codes: NDArray[np.uint32]) -> NDArray[np.uint8]:
    """The kind of each code point."""
    return np.take(kind_table(), codes, mode="clip")


def joined(texts: Sequence[str]) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """Code points of all texts, each followed by one newline, and where each text starts; one more entry ends the last.

    The newline keeps words of neighbouring texts apart. It belongs to the text before it.
    """
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    offsets = np.zeros(len(texts) + 1, np.int64)
    np.cumsum(lengths + 1, out=offsets[1:])
    return code_points("\n".join([*texts, ""])), offsets
