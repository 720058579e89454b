from __future__ import annotations

import pytest

from stream_synth.recipes.faithful import departure


@pytest.mark.parametrize(
    ("given", "rewritten"),
    [
        ("12", "Add both sides, then halve. The answer is 12."),
        ("答案是 12。", "先把两边相加，再除以二，所以答案是 12。"),
        ("1,500 kg", "1.5 tonnes are 1500 kg, so the answer is 1500 kg."),
        ("下降了１米", "由勾股定理，顶端下降了 1 米。"),
        ("Starch makes the bubbles tough.", "Since starch coats them, the walls of bubbles get tough: starch makes the bubbles last."),
    ],
)
def test_more_steps_are_no_departure(given: str, rewritten: str) -> None:
    """The same conclusion, the same numbers in whatever spelling, most of the words."""
    assert departure(given, rewritten, 0.5) is None


@pytest.mark.parametrize(
    ("given", "rewritten", "what"),
    [
        ("答案是 12。", "答案是 13，虽然有人说是 12。", "expected"),
        ("The answer is 12.", "The answer is 13, not 12.", "expected"),
        ("502.8 kJ, in 251 seconds of work", "It takes 502.8 kJ of work.", "missing_numbers"),
        ("Starch from the pasta makes the walls of the bubbles tough.", "The pot is too small.", "kept_share"),
    ],
)
def test_departures_are_told(given: str, rewritten: str, what: str) -> None:
    """Another answer, a number that is gone, other words."""
    found = departure(given, rewritten, 0.5)

    assert found is not None
    assert what in found
