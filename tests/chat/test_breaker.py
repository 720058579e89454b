from random import Random

import pytest

from stream_synth.chat.breaker import Breaker
from stream_synth.chat.outcome import Failed

REFUSED = Failed("never_sent", "Cannot connect to host nowhere:1")
BUSY = Failed("rejected", "slow down", 429, free=True)
BROKEN = Failed("server_error", "oops", 500)


def breaker(*, reached: bool = True) -> Breaker:
    made = Breaker("endpoint teacher (http://nowhere:1/v1)", "check the key in KEY", Random(0))
    if reached:
        made.succeeded(0.0)
    return made


def fail(one: Breaker, failure: Failed, now: float) -> None:
    one.start()
    one.failed(failure, now, now)


def test_half_of_twenty_failures_open_it_for_a_single_probe() -> None:
    """Then one call may go, and while it is out nobody else."""
    one = breaker()
    for _ in range(9):
        one.succeeded(1.0)
    for _ in range(10):
        fail(one, BROKEN, 1.0)

    at = one.ready_at(1.0)

    assert 1.0 < at < 62.0
    one.start()
    assert one.ready_at(at) == float("inf")


def test_a_probe_that_succeeds_closes_it() -> None:
    """And the past is forgotten."""
    one = breaker()
    for _ in range(20):
        fail(one, BROKEN, 1.0)
    one.start()

    one.succeeded(70.0)

    assert one.ready_at(70.0) == 70.0


def test_failing_probes_wait_longer_up_to_a_minute() -> None:
    """Never longer, so that a recovery is seen."""
    one, now, pauses = breaker(), 40.0, []
    for _ in range(20):
        fail(one, BUSY, now)
    for _ in range(12):
        at = one.ready_at(now)
        pauses.append(at - now)
        now = at
        fail(one, BUSY, now)

    assert max(pauses) <= 60.0
    assert pauses[-1] >= 30.0
    assert pauses[0] < 2.0


def test_refusals_beside_successes_leave_it_closed() -> None:
    """40 % of 429s are the concurrency limit's business."""
    one = breaker()
    for n in range(100):
        if n % 5 < 2:
            fail(one, BUSY, 1.0)
        else:
            one.succeeded(1.0)

    assert one.ready_at(1.0) == 1.0


def test_an_address_that_never_answers_is_given_up_within_ten_seconds() -> None:
    """After three tries, naming host and remedy; calls that failed together are one try."""
    one, now = breaker(reached=False), 0.0
    for _ in range(16):
        one.start()
    for _ in range(16):
        one.failed(REFUSED, now, now)
    while not one.down:
        now = one.ready_at(now)
        fail(one, REFUSED, now)

    assert now < 10.0
    assert "nowhere:1" in one.down
    assert "Check base_url" in one.down


def test_one_that_worked_is_given_ten_minutes() -> None:
    """Of nothing but failures; a 429 is no failure of the server."""
    one, now = breaker(), 1.0
    while now < 5_000:
        now = one.ready_at(now) + 1.0
        fail(one, BUSY, now)
    assert not one.down
    gone = now

    while not one.down:
        now = one.ready_at(now)
        fail(one, REFUSED, now)

    assert 600 < now - gone < 800


def test_a_refused_key_takes_the_endpoint_out_at_once() -> None:
    """With the place to look."""
    one = breaker()

    fail(one, Failed("auth", "invalid key", 401), 1.0)

    assert one.down.endswith("answered 401: invalid key; check the key in KEY")


def test_an_unknown_model_takes_the_endpoint_out_before_any_row_pays() -> None:
    """404 before the first success is no row's fault."""
    one = breaker(reached=False)

    fail(one, Failed("client_error", "model x does not exist", 404), 1.0)

    assert "model x does not exist" in one.down


@pytest.mark.parametrize(("bad", "down"), [(10, False), (11, True)])
def test_most_of_the_first_twenty_calls_refused_ends_it(bad: int, *, down: bool) -> None:
    """Fail fast before spending."""
    one = breaker(reached=False)
    for _ in range(9):
        one.succeeded(1.0)
    for _ in range(bad):
        fail(one, Failed("client_error", "unknown field top_q", 400), 1.0)

    assert bool(one.down) is down
    assert "top_q" in one.down or not down
