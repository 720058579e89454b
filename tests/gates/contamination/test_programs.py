from __future__ import annotations

from pathlib import Path

import pytest

from stream_synth.gates import GateHome
from stream_synth.gates.contamination import Contamination, ContaminationOptions, Item, build_index
from stream_synth.gates.contamination.code import has_code
from stream_synth.values import Sample
from tests.gates.contamination.fixtures import verdict

TASK = '''def longest_calm(levels, limit):
    """ Return the length of the longest run of neighbouring sea levels that differ by no more than the given limit.
    >>> longest_calm([3, 4, 9, 9, 8], 1)
    3
    """
    best = current = 1
    for before, after in zip(levels, levels[1:]):
        if abs(before - after) <= limit:
            current += 1
            best = max(best, current)
        else:
            current = 1
    return best if levels else 0
'''
RENAMED = '''def steadiest_stretch(tide_marks, tolerance):
    """ Finds how long the longest series of neighbouring tide levels is in which no two differ by more than a tolerance. """
    top = running = 1
    for left, right in zip(tide_marks, tide_marks[1:]):
        if abs(left - right) <= tolerance:
            running += 1
            top = max(top, running)
        else:
            running = 1
    return top if tide_marks else 0
'''
SCRIPT = """// length of the longest run of neighbouring sea levels that differ by no more than the limit
function longestCalm(levels, limit) {
    let best = 1, current = 1;
    for (let i = 1; i < levels.length; i++) {
        if (Math.abs(levels[i - 1] - levels[i]) <= limit) { current += 1; best = Math.max(best, current); }
        else { current = 1; }
    }
    return levels.length ? best : 0;
}
"""
OTHER = '''def initials(names):
    """ Return the first letters of all names in capitals, joined by dots. """
    letters = [name.strip()[0].upper() for name in names if name.strip()]
    return ".".join(letters) + "." if letters else ""
'''


def gate(folder: Path, **options: float) -> Contamination:
    path = folder / "sea.npz"
    fillers = [Item(f"f{n}", f"def area_{n}(width, height):\n    return width * height + {n}\n") for n in range(5)]
    build_index("sea", [Item("calm", TASK), *fillers]).save(path)
    return Contamination(ContaminationOptions(benchmarks=(str(path),), **options), GateHome())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "sample",
    [
        Sample(RENAMED, ""),
        Sample("Write a helper for tide tables.", f"```python\n{RENAMED}```"),
        Sample("Write a helper for tide tables.", SCRIPT),
        Sample("写一个函数，求最长的平稳区间。", f"```python\n{RENAMED}```"),
    ],
)
def test_a_program_under_other_names_is_found(tmp_path: Path, sample: Sample) -> None:
    """In the prompt or in the reply, in another programming language, whatever language is spoken around it."""
    found = verdict(gate(tmp_path), sample)

    assert (found.reason, found.evidence["item"]) == ("paraphrases_item", "calm")
    assert verdict(gate(tmp_path, code=0.0), sample).passed


@pytest.mark.parametrize("text", [OTHER, "Return the books to the library when the tide turns.", "用函数图像说明单调性。", "def "])
def test_other_programs_and_prose_pass(tmp_path: Path, text: str) -> None:
    """Another task in the same language, and texts without a program."""
    assert verdict(gate(tmp_path), Sample(text, text)).passed


@pytest.mark.parametrize(("text", "holds"), [(RENAMED, True), (SCRIPT, True), ("I must return to the failed function.", False)])
def test_programs_are_told_from_prose(text: str, holds: bool) -> None:  # noqa: FBT001  # a parameter of the test
    """By a definition, a return, a function."""
    assert has_code(text) == holds
