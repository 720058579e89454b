from __future__ import annotations

from stream_synth.verify.programs import mutants, parsed

PROGRAM = "def f(a, b):\n    if a < b and b > 0:\n        return a + 1\n    return [x % 2 for x in b]"


def test_each_mutant_differs_by_one_step() -> None:
    """All parse, none is the program, no two are the same; the number is bounded, the same each time."""
    found = mutants(PROGRAM, most=6)

    assert len(set(found)) == 6
    assert PROGRAM not in found
    assert all(parsed(mutant) for mutant in found)
    assert found == mutants(PROGRAM, most=6)


def test_what_has_nothing_to_change_has_no_mutants() -> None:
    """Nor has what is no Python."""
    assert mutants("def f():\n    pass") == []
    assert mutants("def f(:") == []
