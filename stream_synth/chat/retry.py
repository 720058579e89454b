"""Whether a failed attempt is followed by another, and not before when: pure."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from stream_synth.chat.endpoint import Endpoint
from stream_synth.chat.outcome import Failed

FIRST_WAIT_S = 0.5
LONGEST_WAIT_S = 60.0
LONGEST_WISH_S = 3_600.0  # a Retry-After beyond an hour is a mistake in its unit


@dataclass(slots=True)
class Tries:
    """What one call has been through so far."""

    attempts: int = 0  # all, as journalled
    counted: int = 0  # those that may have cost something or found a broken server
    ambiguous: int = 0  # those of which nobody knows whether they were charged

    def add(self, failure: Failed) -> None:
        """One more failed."""
        self.counted += not (failure.free or failure.outcome == "never_sent")
        self.ambiguous += failure.outcome == "ambiguous"


def wait_s(failure: Failed, tries: Tries, endpoint: Endpoint, rng: Random) -> float | None:
    """Seconds before the next attempt, or None: this failure is final. `tries` counts the failure already.

    Full jitter: calls that failed together do not come back together. Retry-After is a floor below which nobody returns.
    """
    match failure.outcome:
        case "client_error":
            return 0.0 if failure.wants_stream else None
        case "ambiguous" if not _may_resend(tries, endpoint):
            return None
    if tries.counted >= endpoint.max_attempts:
        return None
    longest = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** min(tries.attempts - 1, 16))
    return min(failure.retry_after_s, LONGEST_WISH_S) + rng.uniform(0.0, longest)


def _may_resend(tries: Tries, endpoint: Endpoint) -> bool:
    if endpoint.retry_ambiguous == "never":
        return False
    if endpoint.idempotency:
        return True  # the server knows the first one by its key: charged once, however often it is sent
    return endpoint.retry_ambiguous == "once" and tries.ambiguous <= 1
