r"""Every calculation in a solution done again: `12 × 8 = 96`, `\frac{1}{2} + 0.25 = 75%`, `<<48/2=24>>`, and chains of them.

Only what is plain arithmetic on both sides of an equals sign is judged: equations with letters, functions, units between the
numbers, remainders and mixed numbers are passed over. A right side with decimals may be rounded or cut off at its last place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from stream_synth.verify.arithmetic import evaluate
from stream_synth.verify.normal import SUPERSCRIPTS

MAX_SIDE_CHARS = 200  # an expression that is longer is no exercise
_WIDE = str.maketrans("０１２３４５６７８９＋－−–＝（）％．／×÷·⋅，", "0123456789+---=()%./*/**,")
_PLAIN = (
    (re.compile(r"\\left|\\right|\\[!,;: ]|\\?\$|[¥￥€£&]|\\[()\[\]]"), ""),
    (re.compile(r"\\(?:times|cdot)(?![A-Za-z])"), "*"),
    (re.compile(r"\\div(?![A-Za-z])"), "/"),
    (re.compile(r"\\%"), "%"),
    (re.compile(r"\\text\s*\{[^{}]*\}"), lambda found: f" {found[0][6:-1]} "),
    (re.compile(r"\^\{(-?\d+)\}"), r"^(\1)"),
    (re.compile(r"(\d+)[ \t]*\\[dtc]?frac\s*\{(\d+)\}\s*\{(\d+)\}"), r"(\1+\2/\3)"),  # a mixed number
    (re.compile(r"\\[dtc]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}"), r"((\1)/(\2))"),
    (re.compile(r"(?<=\d)[ \t]*\*\*[ \t]*(?=\d)"), "^"),
    (re.compile(r"\*\*"), " "),  # Markdown
    (re.compile(r"(?<![\d.])(?=\.\d)"), "0"),
    (re.compile(r"(?<=\d)[ \t]*[xX][ \t]*(?=[\d(])"), "*"),
    (re.compile(r"(?<=\d),(?=\d{3}(?!\d))"), ""),
)
_EQUALS = re.compile(r"(?<![=<>!≈≠:])=(?![=>])")
_LEFT = re.compile(rf"[\d.+\-*/^()% \t]{{1,{MAX_SIDE_CHARS}}}$")
_RIGHT = re.compile(rf"[\d.+\-*/^()% \t]{{1,{MAX_SIDE_CHARS}}}")
_OPERATION = re.compile(r"[\d)%][ \t]*[-+*/^][ \t]*[-(\d.]")
_SENTENCE = re.compile(
    r"^.*(?:\.[ \t]+|(?<![\d+\-*/^ ])\(?\d{1,2}\)[ \t]+(?=[\d(]))"
)  # "24. 12 * 2": the number before is another sentence's
_PERCENT = re.compile(r"(\d+(?:\.\d+)?)[ \t]*%")
_ADDED_PERCENT = re.compile(r"\d[ \t]*[-+][ \t]*\d+(?:\.\d+)?[ \t]*%")  # 50 + 20%: of what, only the writer knows
# What stands before an expression and belongs to it: a variable, a function, an operation in words.
_TIED = re.compile(
    r"(?:[A-Za-z_\\}\])|!°²³√∛∑∏π%]|\d,|[加减乘除以余根号方的比])$"
    r"|(?:^|[^A-Za-z])(?:[b-zB-HJ-Z]|\\[a-z]+|sin|cos|tan|log|ln|lg|mod|sqrt|root|plus|minus|times|per|over"
    r"|(?:half|third|quarter|fourth|fifth|tenth|percent|%|root|square|cube|sum|product|difference) of"
    r"|(?:divided|multiplied) by|\d and)[ \t]*$"
)
_WORD_BEFORE = re.compile(r"[A-Za-z]{2}[ \t]*$|[^A-Za-z\d)\]}|%][ \t]*$|^[ \t]*$")
# What may not follow a result: a variable or power, a scale, a remainder, a clock, a factorial.
_GOES_ON = re.compile(
    r"[A-Za-z](?![A-Za-z])|[\\_{√!½¼¾]|:\d"
    r"|[ \t]*(?:[rR](?:em\w*)?[ \t]*\d|remainder|余|\.\.\.|…|万|亿|[百千](?![克米瓦])"
    r"|[mb]illion|thousand|hundred|dozen|percent|cents?\b|k\b|π|\\)"
    r"|[ \t]*and[ \t]*\(?\d+/\d"
)
_UNSURE = re.compile(r"(?<![\d.])0\d|\^\d+\^")  # 0900 - 0130 are times; 3^25^2 is 9 × 25 in LaTeX
_TIGHT = re.compile(r"(?<![\d/.)])(\d+/\d+)(?![\d/.(])")  # the 2/3 of 2000 / 2/3


@dataclass(frozen=True, slots=True)
class Miscalculation:
    """An equation as it was read, and the value of its left side."""

    equation: str
    value: str


def miscalculations(solution: str) -> list[Miscalculation]:
    """The calculations in a text that are wrong, in order."""
    wrong: list[Miscalculation] = []
    for line in _plain(solution).splitlines():
        sides = _EQUALS.split(line)
        for before, after in pairwise(sides):
            left, right = _left_side(before, is_first=before is sides[0]), _right_side(after)
            if left and right:
                wrong += _compared(left, right)
    return wrong


def _plain(text: str) -> str:
    text = text.translate(SUPERSCRIPTS).translate(_WIDE)
    for pattern, plain in _PLAIN:
        text = pattern.sub(plain, text)
    return text


def _left_side(text: str, *, is_first: bool) -> str:
    """The expression that ends at the equals sign; empty when it is none, or only the end of one."""
    found = _LEFT.search(text[-MAX_SIDE_CHARS - 1 :])
    if found is None:
        return ""
    run, before = found[0], text[: len(text) - len(found[0])]
    shorter = _SENTENCE.sub("", run)
    if shorter != run:
        run, before = shorter, ". "
    expression = run.strip()
    if not _OPERATION.search(expression) or expression[0] in "+*/^)%.":
        return ""
    if not is_first and before.strip():
        return ""  # "= 5 apples, 3 + 4 = 7" would do, but "= 5 apples * 3 + 4 = 19" would not
    if expression[0] == "-" and (expression[1:2] == " " or not _WORD_BEFORE.search(before)):
        return ""
    spaced = run[0] in " \t"
    return "" if _TIED.search(before + (" " if spaced else "")) else expression


def _right_side(text: str) -> str:
    """The number or expression that begins at the equals sign; empty when it goes on in a way that is not arithmetic."""
    found = _RIGHT.match(text)
    if found is None or _GOES_ON.match(text, found.end()):
        return ""
    run = re.split(r"\.(?!\d)", found[0])[0].rstrip(" \t(")
    return "" if not run.strip() or run[-1] in "+-*/^" else run.strip()


def _compared(left: str, right: str) -> list[Miscalculation]:
    if _ADDED_PERCENT.search(left) and not re.search(r"%[ \t]*[-+]", left):
        return []
    value, result = _value(left), _value(right)
    if value is None or result is None or _agrees(value, result, right) or _UNSURE.search(f"{left}={right}"):
        return []
    if _value(_TIGHT.sub(r"(\1)", left)) == result:
        return []
    if "%" in left + right and any(_agrees(value * factor, result, right) for factor in (100, Fraction(1, 100))):
        return []  # 15 / 60 * 100 = 25%
    return [Miscalculation(f"{left} = {right}", _written(value))]


def _value(text: str) -> Fraction | None:
    spelt = _PERCENT.sub(r"(\1/100)", text)
    return evaluate(re.sub(r"(?<=[\d)])[ \t]*(?=\()", "*", spelt) if re.search(r"\)\(|\d\(", spelt) else spelt)


def _agrees(value: Fraction, result: Fraction, written: str) -> bool:
    """Equal, or within the last decimal place that was written."""
    if value == result:
        return True
    places = re.fullmatch(r"-?\d*\.(\d+)[ \t]*(%?)", written)
    if places is None:
        return False
    return abs(value - result) < Fraction(1, 10 ** (len(places[1]) + 2 * len(places[2])))


def _written(value: Fraction) -> str:
    """As a decimal where it ends, else as a fraction."""
    places = next((places for places in range(7) if (value * 10**places).denominator == 1), None)
    if max(value.numerator, value.denominator) > 10**15:
        return f"{Decimal(value.numerator) / Decimal(value.denominator):.6E}"
    return f"{float(value):.{places}f}" if places else str(value)
