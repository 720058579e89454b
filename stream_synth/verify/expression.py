r"""Closed expressions compared by value at a few points: bounded work, floats only, no power is ever expanded.

This finds `2\sqrt{3}` = `\sqrt{12}` and `(x+1)^2` = `x^2+2x+1` without a computer algebra system. Two expressions that agree at
all points within 1e-9 are taken for equal; what overflows, is too long or is not an expression agrees with nothing.
"""

from __future__ import annotations

import cmath
import math
import re
from collections.abc import Callable

MAX_TOKENS = 300
MAX_DEPTH = 40
TOLERANCE = 1e-9  # doubles keep about 16 digits; sums of a few hundred terms keep at least 10
# Arbitrary points off every special value; letters take these in alphabetical order, shifted at each point.
_POINTS = (0.731862, 1.413927, 2.259043)
_TOKEN = re.compile(r"(?P<number>\d+(?:,\d{3})*(?:\.\d+)?|\.\d+)|\\?(?P<name>[A-Za-z]+)|(?P<sign>[-+*/^(){}\[\]|])| ")
_FUNCTIONS: dict[str, Callable[[complex], complex]] = {
    "sqrt": cmath.sqrt,
    "sin": cmath.sin,
    "cos": cmath.cos,
    "tan": cmath.tan,
    "ln": cmath.log,
    "log": cmath.log10,
    "exp": cmath.exp,
}
_CONSTANTS = {"pi": complex(math.pi), "e": complex(math.e), "i": 1j}
_KNOWN = re.compile("(" + "|".join([*sorted(_FUNCTIONS, key=len, reverse=True), "frac", "pi"]) + ")")


class _NoExpression(ValueError):
    """The text is no expression this module reads."""


def same_expression(left: str, right: str) -> bool:
    """Both are expressions with the same value wherever they are looked at."""
    try:
        first, second = _tokens(left), _tokens(right)
        return all(_close(_Reader(first, shift).value(), _Reader(second, shift).value()) for shift in range(len(_POINTS)))
    except (_NoExpression, ArithmeticError, ValueError):
        return False


def _close(left: complex, right: complex) -> bool:
    if not (cmath.isfinite(left) and cmath.isfinite(right)):
        return False
    return abs(left - right) <= TOLERANCE * max(1.0, abs(left), abs(right))


def _tokens(text: str) -> list[str]:
    tokens: list[str] = []
    position = 0
    while position < len(text):
        found = _TOKEN.match(text, position)
        if found is None or len(tokens) > MAX_TOKENS:
            raise _NoExpression(text[:40])
        position = found.end()
        if found["number"]:
            tokens.append(found["number"].replace(",", ""))
        elif found["name"]:
            tokens.extend(_names(found["name"]))
        elif found["sign"]:
            tokens.append(found["sign"])
    if not any(symbol[0].isdigit() or symbol in "+-*/^" or symbol in _FUNCTIONS or symbol == "pi" for symbol in tokens):
        raise _NoExpression("words are no expression")
    return tokens


def _names(run: str) -> list[str]:
    """A run of letters as functions, pi and single-letter variables; a word is no product of its letters."""
    names: list[str] = []
    for part in _KNOWN.split(run):
        if part in _FUNCTIONS or part in {"frac", "pi"}:
            names.append(part)
        elif len(part) > 2:
            raise _NoExpression(run)
        else:
            names.extend(part)
    return names


class _Reader:
    """Recursive descent over the tokens, straight to a value."""

    def __init__(self, tokens: list[str], shift: int) -> None:
        self._tokens = [*tokens, ""]
        self._at = 0
        self._depth = 0
        self._bars = 0
        letters = sorted({symbol for symbol in tokens if len(symbol) == 1 and symbol.isalpha() and symbol not in _CONSTANTS})
        self._letters = {letter: complex(_POINTS[(rank + shift) % 3] + rank // 3) for rank, letter in enumerate(letters)}

    def value(self) -> complex:
        """The value of the whole; raises when something is left over."""
        value = self._sum()
        if self._next:
            raise _NoExpression(self._next)
        return value

    @property
    def _next(self) -> str:
        return self._tokens[self._at]

    def _take(self) -> str:
        self._at += 1
        return self._tokens[self._at - 1]

    def _sum(self) -> complex:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise _NoExpression("too deep")
        value = self._product()
        while self._next in {"+", "-"}:
            value = value + self._product() if self._take() == "+" else value - self._product()
        self._depth -= 1
        return value

    def _product(self) -> complex:
        value = self._signed()
        while True:
            if self._next in {"*", "/"}:
                value = value * self._signed() if self._take() == "*" else value / self._signed()
            elif self._starts_atom():
                value *= self._power()
            else:
                return value

    def _starts_atom(self) -> bool:
        return bool(self._next) and (self._next[0].isalnum() or self._next in {"(", "{", "["} or (self._next == "|" and not self._bars))

    def _signed(self) -> complex:
        negative = False
        while self._next in {"+", "-"} and self._next:
            negative ^= self._take() == "-"
        value = self._power()
        return -value if negative else value

    def _power(self) -> complex:
        base = self._atom()
        if self._next != "^":
            return base
        self._take()
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise _NoExpression("too deep")
        exponent = self._signed()
        self._depth -= 1
        return complex(base**exponent)  # floats: a tower overflows, it does not run

    def _atom(self) -> complex:
        symbol = self._take()
        if symbol[:1].isdigit() or symbol.startswith("."):
            return complex(float(symbol))
        if symbol in {"(", "{", "["}:
            value = self._sum()
            self._expect({"(": ")", "{": "}", "[": "]"}[symbol])
            return value
        if symbol == "|":
            self._bars += 1
            value = complex(abs(self._sum()))
            self._expect("|")
            self._bars -= 1
            return value
        if symbol == "frac":
            return self._group() / self._group()
        return self._call(symbol) if symbol in _FUNCTIONS else self._named(symbol)

    def _named(self, symbol: str) -> complex:
        value = _CONSTANTS.get(symbol, self._letters.get(symbol))
        if value is None:
            raise _NoExpression(symbol or "ends early")
        return value

    def _call(self, name: str) -> complex:
        if name == "sqrt" and self._next == "[":
            self._take()
            index = self._sum()
            self._expect("]")
            return complex(self._group() ** (1 / index))
        return _FUNCTIONS[name](self._group() if self._next in {"(", "{"} else self._power())

    def _group(self) -> complex:
        if self._next not in {"(", "{"}:
            raise _NoExpression(self._next)
        return self._atom()

    def _expect(self, symbol: str) -> None:
        if self._take() != symbol:
            raise _NoExpression(f"{symbol} is missing")
