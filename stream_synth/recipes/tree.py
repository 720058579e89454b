"""A tree of names that never holds the same name twice, and what became of every reply that made it grow."""

from __future__ import annotations

from dataclasses import dataclass, field

from stream_synth.errors import ChatError
from stream_synth.recipes.shared.eliminations import is_invalid
from stream_synth.recipes.shared.replies import answered, reply_turn, unanswered
from stream_synth.recipes.shared.verdicts import MAX_KEPT_CHARS, billed
from stream_synth.text.items import items, same_name
from stream_synth.text.readability import words
from stream_synth.values import Completion, Rejected, Sample, changed

MAX_WORDS = 15  # of a topic: a longer item is a sentence about one


@dataclass(frozen=True, slots=True)
class Node:
    """All names from the root to this one, and the model that gave it."""

    path: tuple[str, ...]
    model: str = ""


@dataclass
class Tree:
    """Rows in the order in which their fate was clear. A reply is charged to the first row that comes after it."""

    draft: Sample
    breadth: int
    rows: list[Sample | Rejected] = field(default_factory=list)
    _known: dict[tuple[str, ...], str] = field(default_factory=dict)
    _owed: list[Completion] = field(default_factory=list)

    def root(self, name: str) -> Node:
        """The node that everything grows from."""
        self._known[same_name(name)] = name
        return Node((name,))

    def grow(self, node: Node, reply: Completion | ChatError) -> list[Node]:
        """Its new children; a node that its reply calls indivisible is a leaf. What is no new topic is a rejected row."""
        row = self._row(node)
        if isinstance(reply, ChatError):
            self.rows.append(unanswered(row, "divide", reply))
            return []
        listed = answered(row, reply, "divide")
        if isinstance(listed, Rejected):
            self.rows.append(listed)
            return []
        if is_invalid(listed.response):
            self._owed.append(reply)
            self.leaf(node)
            return []
        names = items(listed.response)[: self.breadth]
        if not names:
            self.rows.append(Rejected(listed, "divide", "no_list", evidence={"reply": listed.response[:MAX_KEPT_CHARS]}))
            return []
        self._owed.append(reply)
        children = [Node((*node.path, name), reply.model) for name in names]
        return [child for child in children if self._is_new(child)]

    def leaf(self, node: Node) -> None:
        """It grows no further."""
        self.rows.append(self._paid(self._row(node)))

    def _is_new(self, node: Node) -> bool:
        name = node.path[-1]
        key = same_name(name)
        if words(name) > MAX_WORDS or not key:
            self.rows.append(Rejected(self._paid(self._row(node)), "divide", "not_a_topic", evidence={"most_words": MAX_WORDS}))
        elif key in self._known:
            self.rows.append(Rejected(self._paid(self._row(node)), "divide", "duplicate", evidence={"named_before": self._known[key]}))
        else:
            self._known[key] = name
            return True
        return False

    def _row(self, node: Node) -> Sample:
        name = node.path[-1]
        meta = {"topic": name, "path": list(node.path), "branch": " > ".join(node.path[:2]), "depth": len(node.path) - 1}
        return changed(
            self.draft,
            prompt=" > ".join(node.path),
            response=name,
            messages=(reply_turn(name),),
            slot=f"topic/{len(self.rows)}",
            model=node.model,
            dedup_on="response",
            meta={**self.draft.meta, **meta},
        )

    def _paid(self, row: Sample) -> Sample:
        owed, self._owed = self._owed, []
        return billed(row, *owed)
