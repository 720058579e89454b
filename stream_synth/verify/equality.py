"""Whether two answers are the same: exact numbers first, then options, lists, sets and intervals, then expressions.

Work is bounded by `MAX_COMPARED_CHARS`; nothing is expanded and no power is computed exactly. Not covered: equations up to scale,
matrices beyond their spelling, algebra that needs a proof.
"""

from __future__ import annotations

import re

from stream_synth.verify.expression import same_expression
from stream_synth.verify.normal import normal_form, squeezed
from stream_synth.verify.number import read_number, same_number

MAX_COMPARED_CHARS = 600  # as long as an extracted answer can be
MAX_ITEMS = 20  # of a set; longer ones are compared as text
MAX_NESTING = 3
_OPTION = re.compile(r"^\(?([A-J])\)?(?:[.,:)](?![\d])| |$)")
_GOLD_OPTION = re.compile(r"^\(?([A-J])\)?[.:]?$")
_OPTIONS = re.compile(r"^\(?[A-J]\)?(?:(?:,| |和| and )?\(?[A-J]\)?){1,9}$")
_AND = re.compile(r",? and |,? or |和|或|以及|;")
_UNION = re.compile(r"(?<=[)\]⦄]) ?U ?(?=[(\[⦃])")
_OPENERS, _CLOSERS = "([{⦃", ")]}⦄"
_TRAILING_UNIT = re.compile(
    r" ?(?:mm|cm|km|m|in|inch(?:es)?|ft|feet|units?|square units?|cubic units?|平方厘米|平方米|厘米|米)(?:\^\{?[23]\}?)?$"
)


def same_answer(got: str, expected: str) -> bool:
    """Equal in meaning as far as rules can say. Symmetric but for option letters, where `expected` says that it is one."""
    if max(len(got), len(expected)) > MAX_COMPARED_CHARS:
        return bool(got.strip()) and got.split() == expected.split()
    left, right = normal_form(got), normal_form(expected)
    if not left or not right:
        return False
    if squeezed(left) == squeezed(right):
        return True
    option = _GOLD_OPTION.match(right)
    if option:
        chosen = _OPTION.match(left)
        return chosen is not None and chosen[1] == option[1]
    if _OPTIONS.match(right) and _OPTIONS.match(left):
        return set(re.findall(r"[A-J]", left)) == set(re.findall(r"[A-J]", right))
    return _same(left, right, 0)


def _same(left: str, right: str, nesting: int) -> bool:
    if squeezed(left) == squeezed(right):
        return True
    first, second = read_number(left), read_number(right)
    if first and second:
        return same_number(first, second)
    if nesting < MAX_NESTING and not (first or second):
        kinds, items = _items(left), _items(right)
        if kinds or items:
            return kinds is not None and items is not None and _same_items(kinds, items, nesting + 1)
    return same_expression(_TRAILING_UNIT.sub("", left), _TRAILING_UNIT.sub("", right))


def _same_items(left: tuple[str, list[str]], right: tuple[str, list[str]], nesting: int) -> bool:
    """Sets and bare lists in any order, tuples and intervals in theirs and with the same brackets."""
    (left_kind, first), (right_kind, second) = left, right
    if left_kind != right_kind or len(first) != len(second):
        return False
    if left_kind != "set":
        return all(_same(one, other, nesting) for one, other in zip(first, second, strict=True))
    if len(first) > MAX_ITEMS:
        return sorted(map(squeezed, first)) == sorted(map(squeezed, second))
    waiting = list(second)
    for item in first:
        partner = next((other for other in waiting if _same(item, other, nesting)), None)
        if partner is None:
            return False
        waiting.remove(partner)
    return True


def _items(text: str) -> tuple[str, list[str]] | None:
    """(kind, items) of a set, list, tuple, interval or union; None for a single value."""
    union = _UNION.split(text)
    if len(union) > 1:
        return "set", union
    if text[0] in "([⦃" and text[-1] in ")]⦄" and _closes_at(text) == len(text) - 1:
        parts = _split(text[1:-1])
        kind = "set" if text[0] == "⦃" else text[0] + text[-1]
        return (kind, parts) if len(parts) > 1 or kind == "set" else None
    parts = [part for piece in _AND.split(text) for part in _split(piece)]
    plus_minus = [part.split("±", 1) for part in parts]
    parts = [
        f"{split[0]}{sign}{split[1]}" if len(split) > 1 else split[0] for split in plus_minus for sign in ("+-" if len(split) > 1 else "+")
    ]
    return ("set", [part for part in parts if part.strip()]) if len(parts) > 1 else None


def _closes_at(text: str) -> int:
    depth = 0
    for position, letter in enumerate(text):
        depth += (letter in _OPENERS) - (letter in _CLOSERS)
        if depth == 0:
            return position
    return -1


def _split(text: str) -> list[str]:
    """At commas that stand in no bracket."""
    parts, depth, start = [], 0, 0
    for position, letter in enumerate(text):
        depth += (letter in _OPENERS) - (letter in _CLOSERS)
        if letter == "," and depth == 0:
            parts.append(text[start:position].strip())
            start = position + 1
    return [*parts, text[start:].strip()]
