from random import Random

import pytest

from stream_synth.chat import Endpoint
from stream_synth.chat.outcome import Failed
from stream_synth.chat.retry import Tries, wait_s

ENDPOINT = Endpoint(base_url="http://host/v1", model="m", max_attempts=3)
AMBIGUOUS = Failed("ambiguous", "lost")


def waits(failure: Failed, endpoint: Endpoint = ENDPOINT, most: int = 50) -> list[float]:
    """The pauses before the failure is final, at most `most` of them."""
    tries, rng, pauses = Tries(), Random(0), list[float]()
    while len(pauses) < most:
        tries.attempts += 1
        tries.add(failure)
        pause = wait_s(failure, tries, endpoint, rng)
        if pause is None:
            break
        pauses.append(pause)
    return pauses


def test_a_server_error_is_tried_as_often_as_allowed() -> None:
    """Three attempts are two retries."""
    assert len(waits(Failed("server_error", "oops", 500))) == 2


@pytest.mark.parametrize("failure", [Failed("rejected", "slow down", 429, free=True), Failed("never_sent", "refused")])
def test_busy_and_unreachable_never_kill_a_row(failure: Failed) -> None:
    """The endpoint's breaker ends these, not the row."""
    pauses = waits(failure)

    assert len(pauses) == 50
    assert max(pauses) <= 60.0


def test_a_client_error_is_final_at_once() -> None:
    """The same request gets the same answer."""
    assert waits(Failed("client_error", "too long", 400)) == []


def test_nobody_returns_before_retry_after() -> None:
    """And not all at the same moment."""
    tries = Tries(attempts=1)
    pauses = {wait_s(Failed("rejected", "", 429, 3.0, free=True), tries, ENDPOINT, Random(n)) for n in range(20)}

    assert min(pause for pause in pauses if pause is not None) >= 3.0
    assert len(pauses) == 20


@pytest.mark.parametrize(
    ("policy", "idempotency", "retries"),
    [
        ("never", False, 0),
        ("once", False, 1),
        ("only_with_idempotency", False, 0),
        ("only_with_idempotency", True, 2),
        ("once", True, 2),
        ("never", True, 0),
    ],
)
def test_ambiguous_attempts_follow_the_policy(policy: str, retries: int, *, idempotency: bool) -> None:
    """Resent only as far as the user accepts a second charge."""
    endpoint = Endpoint(
        base_url="http://host/v1",
        model="m",
        max_attempts=3,
        retry_ambiguous=policy,  # type: ignore[arg-type]
        idempotency=idempotency,
    )

    assert len(waits(AMBIGUOUS, endpoint)) == retries
