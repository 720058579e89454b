import pytest

from stream_synth.chat.rate import RateLimit


def departures(rate: RateLimit, tokens: list[float], used: list[float] | None = None) -> list[float]:
    """When each of these calls goes, one after another; replies are counted at once."""
    now, left = 0.0, []
    for n, amount in enumerate(tokens):
        while (at := rate.ready_at(amount, now)) > now:
            now = at
        rate.reserve(amount)
        left.append(now)
        if used:
            rate.reconcile(amount, used[n])
    return left


def most_in_a_window(times: list[float], seconds: float) -> int:
    return max(sum(1 for other in times if start <= other < start + seconds) for start in times)


def test_requests_stay_under_the_quota_in_every_second() -> None:
    """600 a minute, enforced by the second: never more than ten in any one, and nearly ten in each."""
    left = departures(RateLimit(600, None, 0.0), [1.0] * 300)

    assert most_in_a_window(left, 1.0) <= 10
    assert left[-1] == pytest.approx(30.0, rel=0.05)


def test_tokens_are_settled_on_what_was_used() -> None:
    """Estimates three times too low or too high: the minute's use is within 5 % of the quota."""
    estimates, used = [300.0] * 600, [100.0, 900.0, 50.0] * 200
    left = departures(RateLimit(None, 100_000, 0.0), estimates, used)

    minutes = left[-1] / 60
    assert sum(used) / minutes == pytest.approx(100_000, rel=0.05)


def test_a_request_larger_than_the_bucket_goes_alone() -> None:
    """It waits for a full bucket, goes, and the debt is worked off; it never waits forever."""
    left = departures(RateLimit(None, 60_000, 0.0), [10.0, 5_000.0, 10.0])

    assert left[1] == pytest.approx(10 / 980, rel=0.01)
    assert left[2] == pytest.approx(left[1] + 4_030 / 980, rel=0.01)


def test_nothing_sent_is_given_back() -> None:
    """A refused connection costs no quota."""
    rate = RateLimit(60, 60, 0.0)
    rate.reserve(0.5)

    rate.refund(0.5)

    assert rate.ready_at(0.5, 0.0) == 0.0


def test_idle_time_saves_up_one_second_only() -> None:
    """After an hour's pause, no minute's worth leaves at once."""
    rate = RateLimit(6_000, None, 0.0)
    now, gone = 3_600.0, 0
    while rate.ready_at(1.0, now) <= now:
        rate.reserve(1.0)
        gone += 1

    assert gone == 98
