"""Numbers of a question found and hidden behind a letter, so that the question can be asked backwards; Chinese and English.

Left alone are digits that belong to a word, a formula's exponent, a date, a clock or an ordinal (第3天, 3rd, 8:30, 2021年), and
Chinese numerals inside other words (一起, 四边形, 半径, 十分). What is missed costs a row; what is found wrongly is caught where
the solution is compared with the hidden number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

LETTERS = ("x", "y", "z", "w", "n")
_WORDS = {  # the words of the paper
    word: str(value)
    for value, word in enumerate(("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"), 1)
} | {"half": "1/2"}
_DIGITS = re.compile(
    r"(?<![A-Za-z0-9_^\\{/:.,])(?<!第)"
    r"(?P<number>(?:(?<![^\s为是到从])-)?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:/\d+)?(?:[百千万亿]+(?![克米瓦卡]))?)"
    r"(?![A-Za-z0-9_^}/:：]|[.,]\d|个半|月|日|号|点(?!\d)|分之|(?<=\d{4})年)"
)
_ENGLISH = re.compile(rf"(?<![\w-])(?P<number>{'|'.join(_WORDS)})(?![\w-])", re.IGNORECASE)
_ONE_OF = re.compile(r"\s(?:of|another|day|side|hand|time|way)\b", re.IGNORECASE)  # "one of them" counts nothing
_NO_ONE = re.compile(r"\b(?:no|each|every|which|this|that|the|any|another)\s$", re.IGNORECASE)
_NUMERAL = "(?:[零〇一二两三四五六七八九十百万亿]|千(?![克米瓦卡]))"  # 千克 is a measure
_WHOLE = rf"{_NUMERAL}{{1,12}}(?:点[零〇一二三四五六七八九]{{1,12}})?"
_CHINESE = re.compile(
    rf"(?<![第周初礼拜期唯统之专同单逐每另某这那哪任零〇一二两三四五六七八九十百千万亿\d分点])(?!百分之)(?P<number>一?半|{_NUMERAL}{{1,12}}分之{_NUMERAL}{{1,12}}|{_WHOLE})"
    rf"(?!{_NUMERAL}|[些起样共般定直下旦切致律边面同再向生味刻块月日号舍入季折颜侧旁端周半]|点(?!\d)|个半|角形|边形|明治|巧板|分之)"
)
_PERCENT = re.compile(rf"(?<=百分之)(?P<number>{_WHOLE})")
_COUNTING = re.compile("[一二两三四五六七八九十半]")  # 千万 and 百 alone are no numbers
_SPOKEN = re.compile("十分(?![钟米之])")  # "very"
_AFTER_A_MEASURE = re.compile("[个年天斤里倍时点]$")  # 三个半: part of the number before
_MEASURED = re.compile("[个小天张斤公千毫厘米桶箱袋瓶杯碗块盒筐打升吨分克]")


@dataclass(frozen=True, slots=True)
class Found:
    """A number of a text: where it stands, and its value as an answer would be compared with it."""

    start: int
    end: int
    value: str


def numbers_in(text: str) -> list[Found]:
    """The numbers that a question counts or measures with, in order: 1,200 · 3/4 · three · half · 三十六 · 五分之二 · 半."""
    found = [Found(*hit.span("number"), hit["number"]) for pattern in (_DIGITS, _PERCENT) for hit in pattern.finditer(text)]
    found += [Found(*hit.span("number"), _WORDS[hit["number"].lower()]) for hit in _ENGLISH.finditer(text) if _counts(hit, text)]
    found += [Found(*hit.span("number"), _chinese_value(hit["number"])) for hit in _CHINESE.finditer(text) if _measures(hit, text)]
    return sorted(found, key=lambda one: one.start)


def masked(text: str, found: Found, letter: str) -> str:
    """The text with the letter in the number's place; set off by spaces where it would run into a word."""
    before, after = text[: found.start], text[found.end :]
    spaced = letter if not after[:1].isascii() or not after[:1].isalnum() else f"{letter} "
    return before + spaced + after


def free_letter(text: str) -> str:
    """The first of `LETTERS` that the text does not use as a name."""
    return next((letter for letter in LETTERS if not re.search(rf"(?<![A-Za-z]){letter}(?![A-Za-z])", text, re.IGNORECASE)), LETTERS[-1])


def _counts(hit: re.Match[str], text: str) -> bool:
    return hit["number"].lower() != "one" or not (_ONE_OF.match(text, hit.end()) or _NO_ONE.search(text[: hit.start()]))


def _measures(hit: re.Match[str], text: str) -> bool:
    number = hit["number"]
    if number == "一" or not _COUNTING.search(number) or _SPOKEN.match(text, hit.start()):  # 一桶油 is "a", not "one"
        return False
    return number != "半" or bool(_MEASURED.match(text, hit.end()) and not _AFTER_A_MEASURE.search(text[: hit.start()]))


def _chinese_value(number: str) -> str:
    return "1/2" if number.endswith("半") else number
