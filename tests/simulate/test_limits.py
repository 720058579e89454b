from __future__ import annotations

import pytest

from stream_synth.simulate.limits import Capacity, Limits, Timing


def test_a_minute_holds_so_many_requests() -> None:
    """The third of two is told when the first leaves the window; then it fits."""
    limits = Limits(2, None, quantised=False)
    first, second, third = limits.admit(0.0, 1), limits.admit(10.0, 1), limits.admit(20.0, 1)
    later = limits.admit(60.0, 1)

    assert (first.wait_s, second.wait_s, third.wait_s, later.wait_s) == (0.0, 0.0, 40.0, 0.0)
    assert b"Retry-After: 40\r\nretry-after-ms: 40000\r\n" in third.headers
    assert b"x-ratelimit-limit-requests: 2\r\nx-ratelimit-remaining-requests: 1\r\n" in first.headers


def test_tokens_are_limited_too() -> None:
    """What a refused request would have spent is not counted, of either limit."""
    limits = Limits(10, 100, quantised=False)
    admitted, refused, small = limits.admit(0.0, 80), limits.admit(1.0, 30), limits.admit(2.0, 20)

    assert (admitted.wait_s, refused.wait_s, small.wait_s) == (0.0, 59.0, 0.0)
    assert b"x-ratelimit-remaining-requests: 8\r\n" in small.headers
    assert b"x-ratelimit-remaining-tokens: 0\r\n" in small.headers


def test_what_is_larger_than_the_limit_is_served_alone() -> None:
    """It would wait for ever otherwise."""
    limits = Limits(None, 50, quantised=False)

    assert (limits.admit(0.0, 90).wait_s, limits.admit(30.0, 1).wait_s, limits.admit(60.0, 1).wait_s) == (0.0, 30.0, 0.0)


def test_quantised_limits_hold_in_every_second() -> None:
    """120 a minute are 2 a second; 30 a minute are 1 in 2 seconds."""
    quick, slow = Limits(120, None, quantised=True), Limits(30, None, quantised=True)

    assert [quick.admit(0.1, 1).wait_s for _ in range(3)] == pytest.approx([0.0, 0.0, 1.0])
    assert [slow.admit(at, 1).wait_s for at in (0.0, 1.0, 2.0)] == pytest.approx([0.0, 1.0, 0.0])


def test_no_window_admits_more_than_the_limit() -> None:
    """Whatever the rhythm of requests."""
    limits = Limits(5, None, quantised=False)

    let_in = [at for at in range(0, 400, 3) if not limits.admit(float(at), 1).wait_s]

    assert all(sum(start <= at < start + 60 for at in let_in) <= 5 for start in let_in)
    assert len(let_in) >= 30


def test_slots_queue_in_order() -> None:
    """Two slots at 10 tokens a second: the third waits for the first."""
    capacity = Capacity(2, 10)

    timings = [capacity.schedule(0.0, 0.5, tokens) for tokens in (10, 30, 10)]

    assert timings == [Timing(0.5, 1.0), Timing(0.5, 3.0), Timing(2.0, 1.0)]


def test_without_slots_everything_is_served_at_once() -> None:
    """Latency and the time of writing remain."""
    assert [Capacity(None, 20).schedule(5.0, 0.1, 40) for _ in range(2)] == [Timing(0.1, 2.0)] * 2
