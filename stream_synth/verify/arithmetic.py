"""Arithmetic read from text and computed exactly, with bounded work: a hostile power is refused, not computed."""

from __future__ import annotations

import re
from fractions import Fraction

MAX_CHARS = 500
MAX_DEPTH = 40
MAX_BITS = 4096  # of a numerator or denominator; about 1,200 digits, far beyond any exercise
_TOKEN = re.compile(r"\s*(\d+(?:\.\d+)?|[-+*/^()])")
_SIGNS = str.maketrans({"×": "*", "÷": "/", "−": "-", "（": "(", "）": ")", "[": "(", "]": ")", "{": "(", "}": ")"})


class _Refused(ValueError):
    """No arithmetic, or too much of it."""


def evaluate(text: str) -> Fraction | None:
    """The exact value of an expression over + - × ÷ ^ and brackets; None when it is none, divides by zero, or grows too large.

    `^` binds to the right and before a leading minus; exponents are integers.
    """
    if len(text) > MAX_CHARS:
        return None
    try:
        reader = _Reader(_tokens(text.translate(_SIGNS)))
        value = reader.sum(0)
    except (_Refused, ZeroDivisionError):
        return None
    return value if reader.done else None


def _tokens(text: str) -> list[str]:
    tokens, position, text = [], 0, text.strip()
    while position < len(text):
        found = _TOKEN.match(text, position)
        if found is None:
            raise _Refused(text[position : position + 20])
        tokens.append(found[1])
        position = found.end()
    return tokens


class _Reader:
    """Recursive descent; every method takes the depth it is at."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = [*tokens, ""]
        self._at = 0

    @property
    def done(self) -> bool:
        """Everything was read."""
        return self._tokens[self._at] == ""

    def sum(self, depth: int) -> Fraction:
        """Terms with + and -."""
        if depth > MAX_DEPTH:
            raise _Refused("too deep")
        value = self._product(depth)
        while self._tokens[self._at] in {"+", "-"}:
            value = value + self._product(depth) if self._take() == "+" else value - self._product(depth)
        return value

    def _take(self) -> str:
        self._at += 1
        return self._tokens[self._at - 1]

    def _product(self, depth: int) -> Fraction:
        value = self._signed(depth)
        while self._tokens[self._at] in {"*", "/"}:
            value = _small(value * self._signed(depth) if self._take() == "*" else value / self._signed(depth))
        return value

    def _signed(self, depth: int) -> Fraction:
        negative = False
        while self._tokens[self._at] in {"+", "-"}:
            negative ^= self._take() == "-"
        value = self._power(depth)
        return -value if negative else value

    def _power(self, depth: int) -> Fraction:
        base = self._atom(depth)
        if self._tokens[self._at] != "^":
            return base
        self._take()
        if depth >= MAX_DEPTH:
            raise _Refused("too deep")
        sign = -1 if self._tokens[self._at] == "-" else 1
        self._at += self._tokens[self._at] in {"-", "+"}
        exponent = sign * self._power(depth + 1)
        if exponent.denominator != 1 or abs(exponent) * _bits(base) > MAX_BITS:
            raise _Refused("the power is too large or no integer")
        return Fraction(base ** int(exponent))

    def _atom(self, depth: int) -> Fraction:
        token = self._take()
        if token == "(":  # noqa: S105  # a bracket
            value = self.sum(depth + 1)
            if self._take() != ")":
                raise _Refused("a bracket is not closed")
            return value
        if not token[:1].isdigit():
            raise _Refused(token or "ends early")
        return Fraction(token)


def _bits(value: Fraction) -> int:
    return max(value.numerator.bit_length(), value.denominator.bit_length())


def _small(value: Fraction) -> Fraction:
    if _bits(value) > MAX_BITS:
        raise _Refused("too many digits")
    return value
