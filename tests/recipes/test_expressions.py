from __future__ import annotations

from fractions import Fraction
from random import Random

import pytest

from stream_synth.recipes.arithmetic.expressions import Leaf, Node, Shape, chain, draw, render, value, written
from stream_synth.verify import evaluate

SHAPE = Shape(("+", "-", "×", "÷", "^"), ("integer", "negative", "decimal", "fraction"), 4)


def test_what_is_written_means_what_was_drawn() -> None:
    """Brackets and signs: the text evaluates to the tree's value, and so does every line of the chain."""
    for number in range(300):
        tree = draw(Random(number), SHAPE, 1 + number % 5)

        lines = chain(tree)

        assert lines[0] == render(tree)
        assert {evaluate(line) for line in lines} == {value(tree)}
        assert lines[-1] == written(value(tree) or Fraction(0))


@pytest.mark.parametrize(
    ("number", "text"),
    [(Fraction(7), "7"), (Fraction(-1, 2), "-0.5"), (Fraction(1, 3), "1/3"), (Fraction(-22, 7), "-22/7"), (Fraction(1, 40), "0.025")],
)
def test_numbers_are_exact(number: Fraction, text: str) -> None:
    """A decimal where it ends, else a fraction in lowest terms."""
    assert written(number) == text


def test_brackets_stand_only_where_needed() -> None:
    """Left to right needs none, a sum under a product does, and so does what is subtracted."""
    one, two, three = (Leaf(Fraction(number)) for number in (1, 2, 3))

    assert render(Node("-", Node("-", one, two), three)) == "1 - 2 - 3"
    assert render(Node("-", one, Node("-", two, three))) == "1 - (2 - 3)"
    assert render(Node("×", Node("+", one, two), three)) == "(1 + 2) × 3"
    assert render(Node("^", Leaf(Fraction(-2)), two)) == "(-2)^2"


def test_division_by_zero_is_never_drawn() -> None:
    """A tree that divides by zero has no value."""
    zero = Node("-", Leaf(Fraction(1)), Leaf(Fraction(1)))

    assert value(Node("÷", Leaf(Fraction(1)), zero)) is None
