from __future__ import annotations

import pytest

from stream_synth.verify.search import Node, best, promising, puct


def test_values_count_for_all_above() -> None:
    """Q is the mean below a node; one that has ended keeps its reward."""
    root = Node("")
    left, right = root.grow("l"), root.grow("r")
    won, lost = left.grow("lw", 1.0), left.grow("ll", -1.0)

    right.record(0.5)
    left.record(1.0)

    assert (root.visits, root.total) == (4, 1.5)
    assert [left.q, right.q, won.q, lost.q] == pytest.approx([1 / 3, 0.5, 1.0, -1.0])
    assert (won.name, [node.state for node in won.path()]) == ("0.0", ["l", "lw"])
    assert [node.state for node in root.ends()] == ["lw", "ll"]


def test_puct_weighs_worth_against_what_is_unknown() -> None:
    """By hand: 0.5 + 1.5 * 1/2 * sqrt(4) / (1 + 3), and 1.5 * 1/2 * sqrt(4) for a child nobody has looked at."""
    root = Node("")
    known, unknown = root.grow("a"), root.grow("b")
    for value in (0.5, 0.5, 0.5):
        known.record(value)
    root.record(0.0)

    assert (puct(known, 1.5), puct(unknown, 1.5)) == (0.875, 1.5)
    assert promising(root, 1.5) is unknown
    assert promising(root, 0.1) is known


def test_what_has_ended_is_passed_by() -> None:
    """The next best instead; nothing when all has ended."""
    root = Node("")
    won, other = root.grow("a", 1.0), root.grow("b")
    found = promising(root, 1.5)
    other.grow("c", -1.0)

    assert found is other
    assert won.reward == 1.0
    assert promising(root, 1.5) is None
    assert promising(Node(""), 1.5) is not None


def test_best_keeps_the_order_of_equals() -> None:
    """Highest Q first."""
    root = Node("")
    nodes = [root.grow(str(number)) for number in range(4)]
    for node, value in zip(nodes, (0.0, 1.0, 0.0, -1.0), strict=True):
        node.record(value)

    assert [node.state for node in best(nodes, 3)] == ["1", "0", "2"]


def test_search_finds_the_one_right_path() -> None:
    """A tree of three steps with one good leaf: values steer the looks towards it."""
    root = Node("")
    looked = 0
    while (node := promising(root, 1.5)) is not None and not any(end.reward == 1.0 for end in root.ends()):
        looked += 1
        for letter in "ab":
            word = node.state + letter
            child = node.grow(word, None if len(word) < 6 else 1.0 if word == "bbbbbb" else -1.0)
            if child.reward is None:
                child.record(word.count("b") / 6)

    assert looked < 20
    assert any(end.state == "bbbbbb" for end in root.ends())
