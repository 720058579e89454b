"""A search tree over partial solutions: which one to look at next, and what each step is worth."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

State = TypeVar("State")


@dataclass(eq=False)
class Node(Generic[State]):
    """A partial solution. `reward` is set where it has ended: its worth from -1 to 1, that no look will change."""

    state: State
    parent: Node[State] | None = None
    reward: float | None = None
    children: list[Node[State]] = field(default_factory=list)
    visits: int = 0
    total: float = 0.0

    @property
    def q(self) -> float:
        """The mean of all values that were found at it or below it; 0 before the first."""
        return self.total / self.visits if self.visits else 0.0

    @property
    def name(self) -> str:
        """The places of the steps that lead to it, as "2.0.1": unique in the tree, empty for the root."""
        places = [str(node.parent.children.index(node)) for node in self.path() if node.parent is not None]
        return ".".join(places)

    def path(self) -> list[Node[State]]:
        """From the first step to this one, without the root."""
        return [*self.parent.path(), self] if self.parent is not None else []

    def grow(self, state: State, reward: float | None = None) -> Node[State]:
        """A child. One that has ended counts at once, for all above it."""
        child = Node(state, self, reward)
        self.children.append(child)
        if reward is not None:
            child.record(reward)
        return child

    def record(self, value: float) -> None:
        """A value found here, added to this node and all above it."""
        self.visits += 1
        self.total += value
        if self.parent is not None:
            self.parent.record(value)

    def ends(self) -> Iterator[Node[State]]:
        """All below it, itself included, that have ended, in the order of the tree."""
        if self.reward is not None:
            yield self
        for child in self.children:
            yield from child.ends()


def puct(child: Node[State], c: float) -> float:
    """Q + c * P * sqrt(visits of the parent) / (1 + visits) (Silver et al. 2017), with P equal for all children of a node."""
    assert child.parent is not None
    prior = 1 / len(child.parent.children)
    return child.q + c * prior * math.sqrt(child.parent.visits) / (1 + child.visits)


def promising(root: Node[State], c: float) -> Node[State] | None:
    """The node to look at next: down from the root by PUCT, past what is exhausted; None when the whole tree is.

    A node is exhausted when it has ended, or all its children are.
    """
    node = root
    if _exhausted(root):
        return None
    while node.children:
        node = max((child for child in node.children if not _exhausted(child)), key=lambda child: puct(child, c))
    return node


def best(nodes: Sequence[Node[State]], most: int) -> list[Node[State]]:
    """Those with the highest Q, the earlier ones where it is equal."""
    return sorted(nodes, key=lambda node: -node.q)[:most]


def _exhausted(node: Node[State]) -> bool:
    return node.reward is not None or (bool(node.children) and all(map(_exhausted, node.children)))
