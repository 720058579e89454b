"""Which facts are worth showing."""

from __future__ import annotations

from collections.abc import Sequence

from stream_synth.verify.geometry.constructions import Clause
from stream_synth.verify.geometry.engine import KINDS, Fact

_TAKES = {"para": 4, "perp": 4, "cong": 4, "cyclic": 4, "coll": 3, "eqangle": 8, "midp": 3}


def interesting(facts: Sequence[Fact], min_steps: int) -> list[Fact]:
    """Facts whose proofs take as many steps from two premises or more, longest first, of each kind about the same points one."""
    kept: dict[tuple[str, frozenset[str]], Fact] = {}
    for fact in sorted(facts, key=lambda one: (-len(one.steps), one.fact)):
        kind, points = fact.fact.split()[0], fact.points
        collinear = kind == "para" and len(set(points)) < 4  # lines through a common point
        if collinear or len(fact.steps) < min_steps or len(fact.premises) < 2:
            continue
        kept.setdefault((kind, frozenset(points)), fact)
    return list(kept.values())


def goal_in(text: str, clauses: Sequence[Clause]) -> str | None:
    """A goal of the notation over points of the figure, such as `para d e b c`; else None."""
    kind, *points = text.split() or [""]
    known = {letter for clause in clauses for letter in clause.point}
    return " ".join((kind, *points)) if kind in KINDS and len(points) == _TAKES[kind] and set(points) <= known else None
