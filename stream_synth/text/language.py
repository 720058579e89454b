"""Which language a text is in, by its script: enough to tell zh, en, ja, ko and others apart without a model.

Latin script counts as English: French is "en" here. Code, formulas and addresses are left out before counting.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from stream_synth.text.characters import Kind, code_points, kinds

_NOT_LANGUAGE = re.compile(
    r"```.*?(?:```|\Z)|`[^`\n]*`"  # code
    r"|\$\$.*?\$\$|\$[^$\n]{1,400}\$|\\\(.*?\\\)|\\\[.*?\\\]|\\[a-zA-Z]+"  # LaTeX
    r"|https?://\S+|[\w.+-]+@[\w-]+\.\w+",
    re.DOTALL,
)
_MARKS_OF_CODE = re.compile(r"[`$\\@]|://")
# Letters that make up about one word: scripts become comparable.
_LETTERS_PER_WORD: dict[str, tuple[Kind, float]] = {
    "zh": (Kind.HAN, 1.6),
    "ja": (Kind.KANA, 2.5),
    "ko": (Kind.HANGUL, 2.2),
    "en": (Kind.LATIN, 4.7),
    "ru": (Kind.CYRILLIC, 5.3),
    "ar": (Kind.ARABIC, 4.5),
    "hi": (Kind.INDIC, 3.5),
    "th": (Kind.THAI, 4.5),
    "el": (Kind.GREEK, 5.0),
    "he": (Kind.HEBREW, 4.0),
    "other": (Kind.LETTER, 5.0),
}
_JAPANESE = 0.1  # kana words by kana and Han words: Japanese prose has above 0.3, Chinese with a Japanese name below 0.05


def prose(text: str) -> str:
    """The text without code, formulas, addresses."""
    return _NOT_LANGUAGE.sub(" ", text) if _MARKS_OF_CODE.search(text) else text


def language_shares(text: str) -> dict[str, float]:
    """Share of words in each language that occurs, by script; empty for a text without letters."""
    return shares_of_counts(np.bincount(kinds(code_points(prose(text))), minlength=len(Kind)).tolist())


def shares_of_counts(counts: Sequence[int]) -> dict[str, float]:
    """The same from the number of characters of each kind."""
    words = {code: counts[kind] / letters for code, (kind, letters) in _LETTERS_PER_WORD.items() if counts[kind]}
    han, kana = words.get("zh", 0.0), words.get("ja", 0.0)
    if kana and kana >= _JAPANESE * (han + kana):
        words["ja"] = words.pop("zh", 0.0) + kana
    total = sum(words.values())
    return {code: number / total for code, number in words.items()}


def language(text: str) -> str:
    """The language with most words: "zh", "en", "ja", "ko", "ru", "ar", "hi", "th", "el", "he", "other"; "" without letters."""
    shares = language_shares(text)
    return max(shares, key=lambda code: shares[code]) if shares else ""
