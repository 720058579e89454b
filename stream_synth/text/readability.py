"""How hard a text reads: length of its sentences and share of its rare words, for Chinese and English without a model.

English words are common when they are among the 3,000 in most texts of instruction data, in some inflection, or have four letters at
most. Chinese text is covered from the left by the longest common words (5,000 of several characters and 600 single ones, by the
frequencies of the dictionary of jieba, MIT); what is left uncovered is rare. Both figures order texts of one language; they do not
compare languages.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from statistics import fmean

from stream_synth.text.language import prose
from stream_synth.text.sentences import sentences

HAN_PER_WORD = 1.6  # translators count 1,000 characters as 600 to 650 English words
SHORT = 4  # letters: shorter English words are everyday words or names
LONGEST = 4  # characters of a listed Chinese word
_HAN_RUN = re.compile(r"[\u3400-\u9fff]+")
_WORD = re.compile(r"[a-z]+(?:['’][a-z]+)?", re.IGNORECASE)
_ENDINGS = ("ing", "ies", "ed", "es", "ly", "er", "'s", "s", "d")


def words(text: str) -> float:
    """Length in English words; Chinese characters at their share of one."""
    return len(_WORD.findall(text)) + sum(map(len, _HAN_RUN.findall(text))) / HAN_PER_WORD


def sentence_length(text: str) -> float:
    """Mean words of a sentence; headings and list items count as sentences. 0 without words."""
    lengths = [length for sentence in sentences(prose(text)) if (length := words(sentence))]
    return round(fmean(lengths), 2) if lengths else 0.0


def rare_share(text: str) -> float:
    """Share of words (of characters in Chinese, at their share of a word) that are rare; 0 without words."""
    plain = prose(text)
    total = words(plain)
    rare = sum(_is_rare(word) for word in _WORD.findall(plain)) + sum(map(_uncovered, _HAN_RUN.findall(plain))) / HAN_PER_WORD
    return round(rare / total, 4) if total else 0.0


def _is_rare(word: str) -> bool:
    lowered, known = word.lower().replace("’", "'"), _common("en")
    if len(lowered) <= SHORT or lowered in known:
        return False
    stems = [lowered.removesuffix(ending) for ending in _ENDINGS if lowered.endswith(ending)]
    return not any(form in known for stem in stems for form in (stem, f"{stem}e", f"{stem}y", stem[:-1]))


def _uncovered(run: str) -> int:
    """Characters of the run that no common word covers."""
    known, place, left = _common("zh"), 0, 0
    while place < len(run):
        step = next((size for size in range(LONGEST, 0, -1) if run[place : place + size] in known and place + size <= len(run)), 0)
        left += not step
        place += step or 1
    return left


@cache
def _common(lang: str) -> frozenset[str]:
    return frozenset((files("stream_synth.text") / f"common_{lang}.txt").read_text(encoding="utf-8").split())
