"""The numbers a text names, in digits or in words, Chinese and English: "three", "三" and "3" are one number."""

from __future__ import annotations

import re

_WORDS: dict[str, int] = {
    word: value
    for value, words in {
        2: "two half halves twice double doubled doubles pair",
        3: "three third thirds thrice triple tripled",
        4: "four fourth fourths quarter quarters quadruple",
        5: "five fifth fifths",
        6: "six sixth sixths",
        7: "seven seventh",
        8: "eight eighth eighths",
        9: "nine ninth",
        10: "ten tenth tenths",
        11: "eleven",
        12: "twelve dozen dozens",
        13: "thirteen",
        14: "fourteen",
        15: "fifteen",
        16: "sixteen",
        17: "seventeen",
        18: "eighteen",
        19: "nineteen",
        20: "twenty",
        30: "thirty",
        40: "forty",
        50: "fifty",
        60: "sixty",
        70: "seventy",
        80: "eighty",
        90: "ninety",
        100: "hundred",
        1000: "thousand",
        1_000_000: "million",
    }.items()
    for word in words.split()
}
_TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
_ONES = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_DIGITS = {**{digit: value for value, digit in enumerate("零一二三四五六七八九")}, "〇": 0, "两": 2, "半": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
_NUMBER = re.compile(
    r"(?P<digits>\d+(?:,\d{3})*(?:\.\d+)?|\.\d+)"
    rf"|\b(?P<tens>{_TENS})[- ](?P<one>{'|'.join(_ONES)})\b"
    rf"|\b(?P<word>{'|'.join(sorted(_WORDS, key=len, reverse=True))})\b"
    r"|(?P<chinese>[零〇一二两三四五六七八九十百千万亿半]+)"
)


def numbers(text: str) -> list[float]:
    """Values in reading order, of a normalised text. One, "一" and "first" are left out: mostly they are no numbers.

    Half, twice and double count as 2, thirds as 3: "1/2", "half" and "2 times" then name the same.
    """
    found = [_value(match) for match in _NUMBER.finditer(text)]
    return [value for value in found if value is not None]


def _value(match: re.Match[str]) -> float | None:
    if match["digits"]:
        return float(match["digits"].replace(",", ""))
    if match["tens"]:
        return float(_WORDS[match["tens"]] + _ONES.index(match["one"]) + 1)
    if match["word"]:
        return float(_WORDS[match["word"]])
    return _chinese(match["chinese"])


def _chinese(numeral: str) -> float | None:
    """The value of a Chinese numeral: by units where it has some, else digit after digit as in a year."""
    if numeral == "一":
        return None
    if not any(character in _UNITS for character in numeral):
        return float("".join(str(_DIGITS[character]) for character in numeral))
    total = section = digit = 0
    for character in numeral:
        unit = _UNITS.get(character)
        if unit is None:
            digit = _DIGITS[character]
        elif unit < 10_000:
            section += (digit or 1) * unit
            digit = 0
        else:
            total += (section + digit or 1) * unit
            section = digit = 0
    return float(total + section + digit)
