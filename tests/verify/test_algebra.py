from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from stream_synth.verify.algebra import Algebra, may_be_algebra
from stream_synth.verify.equality import same_answer

pytest.importorskip("math_verify", reason="the extra `maths` is not installed")
TOWER = "9^{9^{9^{9^{9}}}}"


@pytest.fixture(scope="module")
def algebra() -> Iterator[Algebra]:
    made = Algebra(workers=1, timeout_s=20.0)
    yield made
    made.close()


@pytest.mark.parametrize(
    ("got", "expected"), [("2y=4x", "y=2x"), ("\\binom{5}{2}", "10"), ("\\log_2 8", "3"), ("\\sin^2 x+\\cos^2 x", "1"), ("5!", "120")]
)
def test_what_rules_cannot_see_algebra_finds_equal(algebra: Algebra, got: str, expected: str) -> None:
    """And what is not equal, different."""
    assert not same_answer(got, expected)
    assert may_be_algebra(got, expected)
    assert algebra.compare(got, expected) == "equal"
    assert algebra.compare(got, f"{expected}+1") == "different"


@pytest.mark.parametrize(("got", "expected"), [(TOWER, f"{TOWER}+1"), ("10^{10^{10}}!", "x^2")])
def test_hostile_answers_are_not_equal(algebra: Algebra, got: str, expected: str) -> None:
    """And the next comparison is answered again."""
    found = algebra.compare(got, expected)

    assert found != "equal"
    assert algebra.compare("\\frac{2}{4}x", "x/2") == "equal"


def test_what_takes_too_long_costs_its_process_and_no_more() -> None:
    """Half a second to think, the rest to start on a busy machine; then another process answers."""
    hasty = Algebra(workers=1, timeout_s=0.5)
    started = time.monotonic()

    found = hasty.compare("(" * 300, ")" * 300)

    assert found == "timeout"
    assert time.monotonic() - started < 60.0
    assert hasty.compare("2", "2") in {"equal", "timeout"}
    hasty.close()


@pytest.mark.parametrize(("got", "expected"), [("18", "19"), ("yes", "no"), ("十八元", "x+1"), ("x" * 700, "y"), ("", "x^2")])
def test_what_is_no_algebra_is_not_asked(got: str, expected: str) -> None:
    """Plain numbers, words, prose, and what is too long for an answer."""
    assert not may_be_algebra(got, expected)
