"""What a program printed, held against a gold answer."""

from __future__ import annotations

from fractions import Fraction

from stream_synth.verify.equality import same_answer
from stream_synth.verify.normal import normal_form
from stream_synth.verify.number import read_number

_NOISE = Fraction(1, 10**9)  # of the value: floats hold 15 digits, a short calculation loses a few


def printed_answer(output: str) -> str:
    """The last line that is not empty, without a label before it ("answer: 7")."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return lines[-1].rpartition(": ")[2].rpartition("：")[2].strip() if lines else ""


def same_result(printed: str, gold: str) -> bool:
    """As `same_answer`, and as computers print: a float with its noise, one with more digits than a rounded gold, a Python list.

    Not covered: a result that the program rounded further than the gold.
    """
    if same_answer(printed, gold):
        return True
    if printed[:1] in ("[", "{") and same_answer(printed[1:-1], gold):
        return True
    computed, expected = read_number(normal_form(printed)), read_number(normal_form(gold))
    if computed is None or expected is None or not computed.places:
        return False
    slack = _NOISE * max(Fraction(1), abs(expected.value))
    if expected.places and computed.places > expected.places:
        slack += Fraction(1, 2 * 10**expected.places)
    return abs(computed.value - expected.value) <= slack
