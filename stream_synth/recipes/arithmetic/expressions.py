"""Random expressions with their exact values, and the chain of equal expressions that leads there."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import Literal, TypeAlias

Operation: TypeAlias = Literal["+", "-", "×", "÷", "^"]
Operand: TypeAlias = Literal["integer", "negative", "decimal", "fraction"]
BINDING = {"+": 1, "-": 1, "×": 2, "÷": 2, "^": 3}
MAX_POWER_BASE = 20
POWERS = (2, 3, 4)
MAX_DRAWS = 50  # tries before a division by zero or an unwieldy value is given up for another expression


@dataclass(frozen=True, slots=True)
class Leaf:
    """A number."""

    value: Fraction


@dataclass(frozen=True, slots=True)
class Node:
    """Two expressions and what joins them."""

    operation: Operation
    left: Tree
    right: Tree


Tree: TypeAlias = Leaf | Node


@dataclass(frozen=True, slots=True)
class Shape:
    """What expressions may be made of."""

    operations: tuple[Operation, ...]
    operands: tuple[Operand, ...]
    max_digits: int


def draw(rng: Random, shape: Shape, size: int) -> Tree:
    """An expression of `size` operations. Numbers have a digit count drawn evenly from 1 to `max_digits`."""
    for _ in range(MAX_DRAWS):
        tree = _grow(rng, shape, size)
        result = value(tree)
        # The longest answer that is still arithmetic and not copying of digits: each operand may add its digits once.
        if result is not None and len(written(result)) <= 2 * (size + 1) * shape.max_digits + 8:
            return tree
    return Node("+", Leaf(Fraction(rng.randint(1, 9))), Leaf(Fraction(rng.randint(1, 9))))


def value(tree: Tree) -> Fraction | None:
    """The exact value; None when something is divided by zero."""
    if isinstance(tree, Leaf):
        return tree.value
    left, right = value(tree.left), value(tree.right)
    return None if left is None or right is None else _apply(tree.operation, left, right)


def render(tree: Tree) -> str:
    """As written, with the brackets that precedence needs."""
    if isinstance(tree, Leaf):
        return written(tree.value)
    left, right = _side(tree.left, tree.operation, right=False), _side(tree.right, tree.operation, right=True)
    return f"{left}^{right}" if tree.operation == "^" else f"{left} {tree.operation} {right}"


def chain(tree: Tree) -> list[str]:
    """The expression, then each one after its first operation that can be done is done, down to the value."""
    steps = [render(tree)]
    while isinstance(tree, Node):
        tree = _reduced(tree)
        steps.append(render(tree))
    return steps


def written(number: Fraction) -> str:
    """An integer, a decimal where it ends, else a fraction in lowest terms."""
    bottom, places = number.denominator, 0
    for prime in (2, 5):
        count = 0
        while bottom % prime == 0:
            bottom //= prime
            count += 1
        places = max(places, count)
    if bottom != 1 or places > 12:  # a longer decimal is read worse than its fraction
        return f"{number.numerator}/{number.denominator}"
    if not places:
        return str(number.numerator)
    digits = str(abs(number.numerator) * 10**places // number.denominator).zfill(places + 1)
    return f"{'-' if number < 0 else ''}{digits[:-places]}.{digits[-places:]}"


def operations_of(tree: Tree) -> list[str]:
    """All operations, sorted."""
    return [] if isinstance(tree, Leaf) else sorted([tree.operation, *operations_of(tree.left), *operations_of(tree.right)])


def _grow(rng: Random, shape: Shape, size: int) -> Tree:
    if size == 0:
        return Leaf(_number(rng, shape))
    operation = rng.choice(shape.operations)
    if operation == "^":
        base = Leaf(Fraction(rng.randint(2, MAX_POWER_BASE)))
        power = Node("^", base, Leaf(Fraction(rng.choice(POWERS))))
        if size == 1:
            return power
        joined = [one for one in shape.operations if one != "^"]
        return Node(rng.choice(joined), power, _grow(rng, shape, size - 2)) if joined else power
    left = rng.randint(0, size - 1)
    return Node(operation, _grow(rng, shape, left), _grow(rng, shape, size - 1 - left))


def _number(rng: Random, shape: Shape) -> Fraction:
    digits = rng.randint(1, shape.max_digits)
    whole = rng.randint(10 ** (digits - 1), 10**digits - 1)
    match rng.choice(shape.operands):
        case "negative":
            return Fraction(-whole)
        case "decimal":
            return Fraction(whole, 10 ** rng.randint(1, 2))
        case "fraction":
            return Fraction(rng.randint(1, 12), rng.randint(2, 12))
        case _:
            return Fraction(whole)


def _apply(operation: Operation, left: Fraction, right: Fraction) -> Fraction | None:
    match operation:
        case "+":
            return left + right
        case "-":
            return left - right
        case "×":
            return left * right
        case "÷":
            return left / right if right else None
        case "^":
            return Fraction(left ** int(right))


def _side(tree: Tree, operation: Operation, *, right: bool) -> str:
    text = render(tree)
    if isinstance(tree, Node):
        loose = BINDING[tree.operation] < BINDING[operation]
        same = BINDING[tree.operation] == BINDING[operation] and (right or operation == "^")
        return f"({text})" if loose or same else text
    return f"({text})" if "/" in text or text.startswith("-") else text


def _reduced(tree: Node) -> Tree:
    """With its leftmost innermost operation done."""
    if isinstance(tree.left, Node):
        return Node(tree.operation, _reduced(tree.left), tree.right)
    if isinstance(tree.right, Node):
        return Node(tree.operation, tree.left, _reduced(tree.right))
    result = _apply(tree.operation, tree.left.value, tree.right.value)
    if result is None:
        raise ZeroDivisionError("an expression that divides by zero is drawn again, never written out")
    return Leaf(result)
