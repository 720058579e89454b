"""Which language a text is in, by script alone, and how much of it keeps to that language."""

from __future__ import annotations

import re
from dataclasses import dataclass

# What belongs to no language: code, LaTeX, addresses. Repeats are bounded, so that no text makes the scan quadratic.
_NOT_PROSE = re.compile(
    r"```.*?(?:```|\Z)|`[^`\n]+`"  # code
    r"|\$\$.{0,500}?\$\$|\$[^$\n]{1,400}\$|\\\(.{0,500}?\\\)|\\\[.{0,500}?\\\]"  # LaTeX
    r"|\\[A-Za-z]+(?:\{[^{}]{0,200}\})*"
    r"|https?://[!-~]+|www\.[!-~]+|[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9-]{1,64}\.[A-Za-z0-9.]+",  # addresses
    re.DOTALL,
)
_UNITS = re.compile(
    r"(?P<han>[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff])"
    r"|(?P<kana>[\u3040-\u30ff])|(?P<hangul>[\uac00-\ud7af])"
    r"|(?P<cyrillic>[\u0400-\u04ff]+)|(?P<arabic>[\u0600-\u06ff]+)|(?P<thai>[\u0e00-\u0e7f]+)"
    r"|(?P<latin>[A-Za-z\u00c0-\u024f]+(?:['’][A-Za-z]+)?)"
)
_SCRIPTS = {
    "zh": ("han",),
    "ja": ("han", "kana"),
    "ko": ("hangul",),
    "ru": ("cyrillic",),
    "uk": ("cyrillic",),
    "ar": ("arabic",),
    "th": ("thai",),
}
ENOUGH_UNITS = 8  # fewer words or characters than this say nothing about mixing
MAX_CHARS = 50_000  # a longer text is judged by its beginning
_NAMES_A_LANGUAGE = re.compile(
    r"翻译|译成|译为|英文|英语|中文|汉语|日语|日文|法语|德语|西班牙语|俄语|韩语|拼音|双语"
    r"|\btranslat|\b(?:in|into|to|from) (?:English|Chinese|Mandarin|Japanese|French|German|Spanish|Russian|Korean|Arabic|Italian|Latin)\b"
    r"|\b(?:English|Chinese|Mandarin|Japanese|French|German|Spanish|Russian|Korean) (?:word|phrase|sentence|version|name)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Mixing:
    """Shares of the expected language in thinking and answer; None where there is too little prose to say."""

    lang: str
    think: float | None
    answer: float | None


def language_of(text: str) -> str:
    """zh, ja, ko, ru, ar, th or en, by script; en also stands for every other language in Latin letters and for no letters at all."""
    if text.isascii():  # Latin letters or none
        return "en"
    counts = _units(text, count_names=True)
    han, kana = counts.get("han", 0), counts.get("kana", 0)
    total = sum(counts.values())
    if not total:
        return "en"
    if kana > 0.1 * (han + kana):  # Japanese prose is about half kana
        return "ja"
    # One Latin word stands for about two Chinese characters, so a third of the units being Han already means half of the words.
    if han >= total / 3:
        return "zh"
    script = max(counts, key=lambda name: counts[name])
    return {"hangul": "ko", "cyrillic": "ru", "arabic": "ar", "thai": "th", "han": "zh"}.get(script, "en")


def language_share(text: str, lang: str) -> float | None:
    """Share of words (characters in scripts without spaces) that are written in the language's script, in prose only.

    R1's language consistency: target-language words over all words, after code, LaTeX and addresses are removed. Single letters
    and words in capitals (variables, DNA, GPT) count for no language. None below `ENOUGH_UNITS`.
    """
    counts = _units(text, count_names=False)
    total = sum(counts.values())
    if total < ENOUGH_UNITS:
        return None
    return sum(counts.get(script, 0) for script in _SCRIPTS.get(lang, ("latin",))) / total


def language_mixing(reasoning: str, answer: str, lang: str) -> Mixing:
    """How well thinking and answer keep to the expected language."""
    return Mixing(lang, language_share(reasoning, lang), language_share(answer, lang))


def names_a_language(question: str) -> bool:
    """The question asks for a translation or for words of a named language, so its answer may be in another one."""
    return _NAMES_A_LANGUAGE.search(question[:MAX_CHARS]) is not None


def _units(text: str, *, count_names: bool) -> dict[str, int]:
    counts: dict[str, int] = {}
    prose = _NOT_PROSE.sub(" ", text[:MAX_CHARS])
    for unit in _UNITS.finditer(prose):
        script = unit.lastgroup or ""
        if script == "latin" and not count_names and (len(unit[0]) == 1 or unit[0].isupper()):
            continue
        counts[script] = counts.get(script, 0) + 1
    return counts
