from __future__ import annotations

import io
from typing import Any

import pytest

from stream_synth.observe.progress import PLAIN_EVERY_S, OnProgress, duration, line, progress_on


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """It does."""
        return True


def progress(**changes: Any) -> dict[str, Any]:
    counts = dict.fromkeys(("accepted", "rejected", "failed", "seeds_done", "calls", "prompt_tokens", "completion_tokens"), 0)
    return {**counts, "calls_per_second": 0.0, "cost_usd": 0.0} | changes


def test_a_line_says_how_far_it_is() -> None:
    """Rows of target, seeds, calls in flight, rate, tokens, money of budget, time to go."""
    said = line(
        progress(
            accepted=8, target_accepted=10, rejected=2, failed=1, seeds_done=11, limit_seeds=50, in_flight=4, limit=6, waiting=3, calls=12,
            calls_per_second=2.5, prompt_tokens=1000, completion_tokens=500, cost_usd=0.5, max_cost_usd=2, eta_s=90,
        )
    )  # fmt: skip

    assert said == (
        "8/10 accepted · 2 rejected · 1 failed · 11/50 seeds · 4 in flight of 6 · 3 waiting · 12 calls, 2.5/s · 1,500 tokens · "
        "$0.5000 of $2 · 1m30s to go"
    )


def test_a_line_leaves_out_what_nobody_set() -> None:
    """No target, no budget, nothing in flight, no rate yet."""
    assert line(progress()) == "0 accepted · 0 rejected · 0 seeds · 0 calls, 0.0/s · 0 tokens · $0.0000"


@pytest.mark.parametrize(("seconds", "said"), [(0.4, "0s"), (59.4, "59s"), (90, "1m30s"), (3_600, "1h00m"), (90_000, "1d01h")])
def test_durations_have_two_units(seconds: float, said: str) -> None:
    """Exact enough to decide whether to wait."""
    assert duration(seconds) == said


def test_plain_lines_come_every_ten_seconds() -> None:
    """The first at once, then on time, and always the last one."""
    stream, now = io.StringIO(), [0.0]

    with progress_on(stream, lambda: now[0]) as feed:
        for tick in range(50):
            now[0] = tick * 0.25
            feed(progress(accepted=tick))

    shown = [int(written.split()[0]) for written in stream.getvalue().splitlines()]
    assert shown == [0, int(PLAIN_EVERY_S / 0.25), 49]


def test_the_last_plain_line_survives_an_error() -> None:
    """How far it came is known even when the run failed."""
    stream = io.StringIO()

    def breaks(feed: OnProgress) -> None:
        feed(progress(accepted=1))
        feed(progress(accepted=2))
        raise OSError("gone")

    with pytest.raises(OSError, match="gone"), progress_on(stream, lambda: 0.0) as feed:
        breaks(feed)

    assert [written.split()[0] for written in stream.getvalue().splitlines()] == ["1", "2"]


def test_a_terminal_gets_a_live_line() -> None:
    """One line that is replaced, not a line a tick."""
    stream = Terminal()

    with progress_on(stream, lambda: 0.0) as feed:
        for tick in range(20):
            feed(progress(accepted=tick))

    assert stream.getvalue().count("\n") < 20
