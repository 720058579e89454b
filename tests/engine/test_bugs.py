from __future__ import annotations

import asyncio

import pytest

from stream_synth.engine.bugs import Bugs
from stream_synth.errors import Closed


def test_a_bug_is_kept_with_its_traceback() -> None:
    """The row pays; the reason stays."""
    bugs = Bugs(limit=20)

    with bugs.guard("s1", "mine", "expand") as row:
        raise ValueError("broken row")

    assert row.failure is not None
    assert (row.failure.seed_id, row.failure.kind) == ("s1", "bug")
    assert "ValueError: broken row" in row.failure.message
    assert bugs.stop is None


def test_the_twentieth_bug_stops_the_run() -> None:
    """A bug in every row must not burn the night."""
    bugs = Bugs(limit=20)

    for number in range(20):
        with bugs.guard(f"s{number}", "mine", "expand"):
            raise KeyError(number)

    assert bugs.stop is not None
    assert "20 rows" in str(bugs.stop)


@pytest.mark.parametrize("error", [Closed("target reached"), asyncio.CancelledError()])
def test_our_own_errors_and_cancellation_pass(error: BaseException) -> None:
    """Only the unexpected is swallowed."""
    bugs = Bugs(limit=20)

    with pytest.raises(type(error)), bugs.guard("s1", "mine", "expand"):
        raise error

    assert bugs.seen == 0
