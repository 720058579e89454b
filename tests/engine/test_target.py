from __future__ import annotations

from stream_synth.engine.target import Target
from stream_synth.values import Sample

ROW = Sample("q", "a", reasoning_tokens=3, answer_tokens=2)


def test_is_reached_at_exactly_the_wanted_rows() -> None:
    """Not one row earlier and not one later."""
    target = Target(rows=2, tokens=None)
    target.count(ROW)
    before = target.reached

    target.count(ROW)

    assert not before
    assert target.reached


def test_counts_thinking_and_answer_tokens() -> None:
    """A target in tokens is met by accepted thinking and answers."""
    target = Target(rows=None, tokens=10)

    target.count(ROW)
    target.count(ROW)

    assert target.reached


def test_opens_no_seed_that_is_expected_to_be_surplus() -> None:
    """At full yield, three open seeds are enough for three missing rows."""
    target = Target(rows=3, tokens=None)

    assert target.wants_more(2)
    assert not target.wants_more(3)


def test_a_low_yield_opens_more_seeds() -> None:
    """When one seed in ten passes, a missing row asks for about ten open seeds."""
    target = Target(rows=1, tokens=None, judged_seeds=99, judged_accepted=9)

    assert target.wants_more(9)
    assert not target.wants_more(10)


def test_always_opens_a_seed_when_none_is_open() -> None:
    """Whatever the expectation, the run goes on."""
    target = Target(rows=1, tokens=None, judged_seeds=0, judged_accepted=5)

    assert target.wants_more(0)
