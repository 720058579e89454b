from __future__ import annotations

from random import Random

import pytest

from stream_synth.verify.geometry import Fact, clauses_in, drawn, fact_in_words, figure_in_words, needed_for, proof_in_words
from stream_synth.verify.geometry.goals import goal_in, interesting

FIGURE = "a b c = triangle; d = midpoint a b; e = midpoint e a c; f = foot a b c"
MIDLINE = Fact(
    "para d e b c", ("midp d a b", "midp e a c"), ({"fact": "para d e b c", "rule": "midline", "from": ["midp d a b", "midp e a c"]},)
)


def test_a_figure_is_the_same_for_the_same_seed() -> None:
    """And each construction can be read back."""
    one, other = drawn(Random(7), 5), drawn(Random(7), 5)

    assert one == other
    assert len(one) == 6
    assert clauses_in("; ".join(map(str, one))) == one


@pytest.mark.parametrize(
    "text",
    [
        "",
        "d = midpoint a b",
        "a b c = triangle; d = midpoint a",
        "a b c = triangle; d = midpoint a a",
        "a b c = triangle; d = midpoint a z",
        "a b c = triangle; a = midpoint b c",
        "a b c = triangle; d = import os",
        "a b c = triangle; d = midpoint a b, on_line a c",
    ],
)
def test_what_is_no_figure_is_not_read(text: str) -> None:
    """Unknown points, names in use, other words."""
    assert clauses_in(text) is None


def test_points_need_those_they_are_built_from() -> None:
    """And no others; the triangle stays."""
    clauses = clauses_in(f"{FIGURE}; g = midpoint d f")
    assert clauses is not None

    assert [one.point for one in needed_for(["g"], clauses)] == ["abc", "d", "f", "g"]
    assert [one.point for one in needed_for(["a"], clauses)] == ["abc"]


def test_figures_and_facts_are_told_in_both_languages() -> None:
    """Points in capitals."""
    clauses = clauses_in(FIGURE)
    assert clauses is not None

    assert figure_in_words(clauses, "zh").startswith("ABC 是三角形，D 是线段 AB 的中点，")
    assert figure_in_words(clauses, "en").endswith("F is the foot of the perpendicular from A to line BC.")
    assert fact_in_words("coll a b d", "zh") == "A、B、D 三点共线"
    assert fact_in_words("cyclic a b c d", "en") == "A, B, C, D lie on one circle"


def test_a_proof_names_what_each_step_rests_on() -> None:
    """By number, the premises first."""
    assert proof_in_words(MIDLINE, "zh") == "1. D 是 AB 的中点（已知）\n2. E 是 AC 的中点（已知）\n3. DE ∥ BC（由 1, 2; midline）"
    assert proof_in_words(MIDLINE, "en").splitlines()[-1] == "3. DE ∥ BC (from 1, 2; midline)"


def test_trivial_facts_are_left_out() -> None:
    """Short proofs, a single premise, a line parallel to itself, the same points again."""
    again = Fact("para b c d e", MIDLINE.premises, MIDLINE.steps)
    itself = Fact("para a b a d", MIDLINE.premises, MIDLINE.steps)
    single = Fact("cong a d b d", ("midp d a b",), MIDLINE.steps)

    assert interesting([MIDLINE, again, itself, single], 1) == [again]
    assert interesting([MIDLINE], 2) == []


@pytest.mark.parametrize(("text", "goal"), [(" para d e b c ", "para d e b c"), ("para d e b", None), ("para d e b z", None), ("", None)])
def test_a_goal_speaks_of_points_that_are_there(text: str, goal: str | None) -> None:
    """In its own number of points."""
    assert goal_in(text, clauses_in(FIGURE) or ()) == goal
