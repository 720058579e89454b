"""Figures built point by point: drawn at random, or read from text. The notation is that of JGEX, as AlphaGeometry uses it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

POINTS = "abcdefghijklmnopqrstuvwxyz"
# Construction -> how many earlier points it takes, all different. The new point is named first.
TAKES = {
    "midpoint": 2,
    "mirror": 2,
    "on_line": 2,
    "foot": 3,
    "reflect": 3,
    "circumcenter": 3,
    "orthocenter": 3,
    "incenter": 3,
    "parallelogram": 3,
    "on_circum": 3,
    "on_pline": 3,
    "on_tline": 3,
    "intersection_ll": 4,
}
_CLAUSE = re.compile(r"\s*([a-z])\s*=\s*([a-z_]+)((?:\s+[a-z])+)\s*")
_TRIANGLE = re.compile(r"\s*a\s+b\s+c\s*=\s*triangle(?:\s+a\s+b\s+c)?\s*")


@dataclass(frozen=True, slots=True)
class Clause:
    """One new point and what it is built from; the triangle that every figure begins with is `a b c = triangle`."""

    point: str
    kind: str
    of: tuple[str, ...]

    def __str__(self) -> str:
        if self.kind == "triangle":
            return "a b c = triangle a b c"
        return f"{self.point} = {self.kind} {' '.join((self.point, *self.of))}"


TRIANGLE = Clause("abc", "triangle", ())


def drawn(rng: Random, points: int) -> tuple[Clause, ...]:
    """A triangle and `points` more points, each built from those before it, no construction twice."""
    clauses, known = [TRIANGLE], ["a", "b", "c"]
    built: set[tuple[str, tuple[str, ...]]] = set()
    while len(clauses) <= points:
        kind = rng.choice([name for name, takes in TAKES.items() if takes <= len(known)])
        of = tuple(rng.sample(known, TAKES[kind]))
        if (kind, tuple(sorted(of))) in built:
            continue
        built.add((kind, tuple(sorted(of))))
        point = POINTS[len(known)]
        clauses.append(Clause(point, kind, of))
        known.append(point)
    return tuple(clauses)


def clauses_in(text: str, before: Sequence[Clause] = ()) -> tuple[Clause, ...] | None:
    """The clauses of `a b c = triangle; d = midpoint a b; ...`, or of more points after those `before`; None when it is no such text.

    The new point may be repeated behind the construction's name.
    """
    clauses: list[Clause] = list(before)
    for written in text.strip().strip(";").split(";"):
        if not clauses:
            if not _TRIANGLE.fullmatch(written):
                return None
            clauses.append(TRIANGLE)
            continue
        found = _CLAUSE.fullmatch(written)
        known = {letter for clause in clauses for letter in clause.point}
        if found is None or found[2] not in TAKES or found[1] in known:
            return None
        of = tuple(letter for letter in found[3].split() if letter != found[1])
        if len(of) != TAKES[found[2]] or len(set(of)) != len(of) or not set(of) <= known:
            return None
        clauses.append(Clause(found[1], found[2], of))
    return tuple(clauses)


def needed_for(points: Sequence[str], clauses: Sequence[Clause]) -> tuple[Clause, ...]:
    """Those clauses that build these points, in order; the triangle always."""
    wanted, found = set(points), []
    for clause in reversed(clauses):
        if clause.kind == "triangle" or clause.point in wanted:
            wanted |= set(clause.of)
            found.append(clause)
    return tuple(reversed(found))
