"""One number as people write it, exactly: digits of either width, fractions, percentages, units, Chinese numerals."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

MAX_DIGITS = 200  # more digits than any answer; keeps big-number arithmetic out of reach of a hostile reply
MAX_EXPONENT = 300  # powers of ten that a float also holds
_DIGITS = {
    letter: value for value, letters in enumerate(("零〇", "一", "二两", "三", "四", "五", "六", "七", "八", "九")) for letter in letters
}
_SMALL = {"十": 10, "百": 100, "千": 1000}
_LARGE = {"万": 10_000, "亿": 100_000_000}
_CHINESE = re.compile(r"^(负)?([零〇一二两三四五六七八九十百千万亿]{1,24})(?:点([零〇一二三四五六七八九]{1,24}))?")
_CHINESE_FRACTION = re.compile(r"^(负)?([零〇一二两三四五六七八九十百千万亿]{1,24})分之([零〇一二两三四五六七八九十百千万亿]{1,24})$")
_SCALES = {
    "hundred": 100,
    "thousand": 1000,
    "million": 10**6,
    "billion": 10**9,
    "trillion": 10**12,
    "百": 100,
    "千": 1000,
    "万": 10**4,
    "百万": 10**6,
    "千万": 10**7,
    "亿": 10**8,
}
_PLAIN = re.compile(
    r"^(?P<sign>[+-])?(?P<money>[¥€£])?(?P<sign2>[+-])?"
    r"(?P<whole>\d{1,3}(?:,\d{3})+|\d+)?(?P<dot>\.\d*)?"
    r"(?:(?:e|\*10\^|x10\^)\(?(?P<exponent>[+-]?\d{1,4})\)?)?"
    r"(?P<rest>.*)$",
    re.DOTALL,
)
_RATIO = re.compile(r"^(?P<sign>[+-])?(?P<whole>\d+ )?(?P<top>\d+)/(?P<bottom>\d+)(?P<rest>.*)$", re.DOTALL)
_TEX_FRACTION = re.compile(
    r"^(?P<sign>[+-])?(?P<whole>\d+)?\\frac\{(?P<sign2>[+-])?(?P<top>\d+)\}\{(?P<bottom>\d+)\}(?P<rest>.*)$", re.DOTALL
)
# A unit is letters, with an exponent or a "per" at most; whatever holds other digits or operators is not one number.
_UNIT = re.compile(r"^(?:[A-Za-z\u4e00-\u9fff'\"/. ]{1,60}(?:(?:\^\{?|(?<=[a-z]))[23]\}?[A-Za-z\u4e00-\u9fff/. ]{0,20})?)?$")
_MEASURES = {
    alias: names[0]
    for names in (
        ("mm", "millimeter", "millimeters", "毫米"),
        ("cm", "centimeter", "centimeters", "厘米"),
        ("m", "meter", "meters", "米"),
        ("km", "kilometer", "kilometers", "千米", "公里"),
        ("in", "inch", "inches", "英寸"),
        ("ft", "foot", "feet", "英尺"),
        ("mi", "mile", "miles", "英里"),
        ("g", "gram", "grams", "克"),
        ("kg", "kilogram", "kilograms", "千克", "公斤"),
        ("lb", "pound", "pounds", "磅"),
        ("s", "sec", "second", "seconds", "秒"),
        ("min", "minute", "minutes", "分钟"),
        ("h", "hour", "hours", "小时"),
        ("day", "days", "天"),
        ("week", "weeks", "周"),
        ("cent", "cents", "分"),
        ("dollar", "dollars", "usd", "美元"),
        ("元", "yuan", "rmb", "人民币", "¥"),
        ("euro", "euros", "欧元", "€"),
    )
    for alias in names
}


@dataclass(frozen=True, slots=True)
class Number:
    """An exact value with what was written around it."""

    value: Fraction
    percent: bool = False
    unit: str = ""  # a measure in canonical form, or the word that followed
    places: int | None = None  # digits after the point, where it was written as a decimal

    @property
    def measure(self) -> tuple[str, str] | None:
        """(measure, power) when the unit is one of the measures that exclude each other."""
        base, _, power = self.unit.replace("{", "").replace("}", "").partition("^")
        base = _MEASURES.get(base.strip(), base.strip() if power else "")
        return (base, power) if base else None


def read_number(text: str) -> Number | None:
    """The one number that `text` is, exactly; None when it is anything else. `text` is already in `normal_form`."""
    if not text or len(text) > MAX_DIGITS + 80:
        return None
    return _read_ratio(text) or _read_plain(text) or _read_chinese(text)


def same_number(left: Number, right: Number) -> bool:
    """Equal values, unless their units exclude each other.

    A percentage equals its number with or without the sign (50% = 50 = 0.5): answer fields drop the sign. A decimal equals a
    fraction when it is that fraction rounded to its own digits, four at least.
    """
    if left.measure and right.measure and left.measure != right.measure:
        return False
    if _same_value(left, right):
        return True
    if left.percent == right.percent:
        return False
    percent, plain = (left, right) if left.percent else (right, left)
    return percent.value / 100 == plain.value


def _same_value(left: Number, right: Number) -> bool:
    if left.value == right.value:
        return True
    for rounded, exact in ((left, right), (right, left)):
        if rounded.places is not None and rounded.places >= 4 and (exact.places is None or exact.places > rounded.places):  # 0.3333 = 1/3
            return abs(rounded.value - exact.value) * 2 <= Fraction(1, 10**rounded.places)
    return False


def _read_ratio(text: str) -> Number | None:
    found = _TEX_FRACTION.match(text) or _RATIO.match(text)
    if found is None or max(len(found["top"]), len(found["bottom"])) > MAX_DIGITS or not int(found["bottom"]):
        return None
    value = int(found["whole"] or 0) + Fraction(int(found["top"]), int(found["bottom"]))
    signs = [found["sign"], found.groupdict().get("sign2")]
    return _with_rest(-value if signs.count("-") % 2 else value, found["rest"], None, "")


def _read_plain(text: str) -> Number | None:
    found = _PLAIN.match(text)
    if found is None or not (found["whole"] or (found["dot"] or "").strip(".")):
        return None
    digits, decimals = (found["whole"] or "0").replace(",", ""), (found["dot"] or ".")[1:]
    exponent = int(found["exponent"] or 0)
    if len(digits) + len(decimals) > MAX_DIGITS or abs(exponent) > MAX_EXPONENT:
        return None
    value = Fraction(int(digits + decimals), 10 ** len(decimals)) * Fraction(10) ** exponent
    negative = [found["sign"], found["sign2"]].count("-") % 2
    return _with_rest(-value if negative else value, found["rest"], len(decimals) or None, found["money"] or "")


def _with_rest(value: Fraction, rest: str, places: int | None, money: str) -> Number | None:
    """The number with its unit; None when what follows is no unit."""
    rest = rest.strip()
    percent = rest.startswith(("%", "percent"))
    rest = rest.removeprefix("%").removeprefix("percent").strip(" .")
    scale = re.match(r"[A-Za-z]+|[百千万亿]+(?![百千万亿米克瓦])", rest)  # 千米 is a measure of its own
    if scale and scale[0].lower() in _SCALES:
        value *= _SCALES[scale[0].lower()]
        rest = rest[scale.end() :].strip(" .")
    if not _UNIT.match(rest):
        return None
    if re.fullmatch(r"[A-Za-z](?:\^.*)?", rest) and rest[0] not in _MEASURES:  # 3x is an expression
        return None
    return Number(value, percent, rest.lower().strip() or money, places)


def _read_chinese(text: str) -> Number | None:
    """十二, 三分之二, 百分之五十, 负三点五, 两百个: as a whole, so that 一般 or 十分 is not read as a number."""
    fraction = _CHINESE_FRACTION.match(text)
    if fraction:
        bottom, top = _chinese_integer(fraction[2]), _chinese_integer(fraction[3])
        if not bottom or top is None:
            return None
        value = Fraction(-top if fraction[1] else top, bottom)
        return Number(value * 100, percent=True) if fraction[2] == "百" else Number(value)
    found = _CHINESE.match(text)
    if found is None:
        return None
    whole = _chinese_integer(found[2])
    rest = text[found.end() :]
    if whole is None or rest not in _COUNTERS:
        return None
    decimals = "".join(str(_DIGITS[letter]) for letter in found[3] or "")
    value = whole + (Fraction(int(decimals), 10 ** len(decimals)) if decimals else Fraction(0))
    return Number(-value if found[1] else value, unit=rest, places=len(decimals) or None)


_COUNTERS = frozenset(
    ["", *"个元只本张件天年人次岁页米克斤吨名头条颗枝支辆位棵束块", "公里", "千米", "厘米", "小时", "分钟", "公斤", "千克", "美元"]
)


def _chinese_integer(text: str) -> int | None:
    """三百二十五, 一二三 read as digits, 一亿零五万; None when the characters make no number."""
    if len(text) > 1 and all(letter in _DIGITS for letter in text):
        return int("".join(str(_DIGITS[letter]) for letter in text))
    total = section = digit = 0
    for letter in "一" + text if text[0] in _SMALL else text:
        if letter in _DIGITS:
            if digit:
                return None
            digit = _DIGITS[letter]
        elif letter in _SMALL:
            section += digit * _SMALL[letter]
            digit = 0
        else:
            if not (total or section or digit):
                return None
            total = (total + section + digit) * _LARGE[letter] if letter == "亿" else total + (section + digit) * _LARGE[letter]
            section = digit = 0
    return total + section + digit
