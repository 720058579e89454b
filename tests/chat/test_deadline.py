import asyncio

import pytest

from stream_synth.chat.clock import VirtualClock
from stream_synth.chat.deadline import Deadline
from stream_synth.errors import Closed


async def waits(clock: VirtualClock, live: set[Deadline], future: "asyncio.Future[str]") -> str:
    with Deadline(clock, 10.0, live):
        return await future


def start(clock: VirtualClock, live: set[Deadline]) -> "tuple[asyncio.Task[str], asyncio.Future[str]]":
    future = asyncio.get_running_loop().create_future()
    return asyncio.create_task(waits(clock, live, future)), future


async def test_time_runs_out() -> None:
    """As a TimeoutError, and the task is not left cancelled."""
    clock, live = VirtualClock(), set[Deadline]()
    task, _ = start(clock, live)

    await clock.advance(10.0)

    with pytest.raises(TimeoutError):
        await task
    assert task.cancelling() == 0
    assert not live


async def test_a_reply_in_time_leaves_no_timer() -> None:
    """Nothing fires afterwards."""
    clock, live = VirtualClock(), set[Deadline]()
    task, future = start(clock, live)
    await clock.settle()

    future.set_result("ok")
    await clock.advance(20.0)

    assert await task == "ok"
    assert not live


async def test_abort_is_no_cancellation() -> None:
    """The caller sees Closed."""
    clock, live = VirtualClock(), set[Deadline]()
    task, _ = start(clock, live)
    await clock.settle()

    for deadline in tuple(live):
        deadline.abort()

    with pytest.raises(Closed):
        await task


async def test_a_cancellation_from_outside_stays_one() -> None:
    """Also when it meets an abort."""
    clock, live = VirtualClock(), set[Deadline]()
    task, _ = start(clock, live)
    await clock.settle()

    for deadline in tuple(live):
        deadline.abort()
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_loop_that_stood_still_loses_no_answered_call() -> None:
    """A timer that is 30 s late gives the reply in the socket a second to be read."""
    clock, live = VirtualClock(), set[Deadline]()
    task, future = start(clock, live)
    await clock.settle()
    clock.stall(40.0)

    await clock.advance(0.5)
    future.set_result("it was there all the time")
    await clock.advance(5.0)

    assert await task == "it was there all the time"
