import asyncio
from collections.abc import Callable
from random import Random

import pytest

from stream_synth.chat import Endpoint
from stream_synth.chat.admission import NOTHING, Admission, Pool, Ticket
from stream_synth.chat.budget import Budget, Claim
from stream_synth.chat.clock import VirtualClock
from stream_synth.chat.outcome import Failed
from stream_synth.chat.upstream import Size, Upstream
from stream_synth.errors import BudgetExhausted, Closed, EndpointDown, StreamSynthError

SIZE = Size("answer", 100, {"max_tokens": 10})


class Desk:
    """An admission over a virtual clock, and a place to start calls."""

    def __init__(self, budget: Budget | None = None, endpoints: int = 1, **options: object) -> None:
        self.clock = VirtualClock()
        settings: dict[str, object] = {"concurrency": 1, **options}
        self.upstreams = tuple(
            Upstream(Endpoint(base_url=f"http://127.0.0.1:{n}/v1", model="m", **settings), str(n), Random(0), 0.0)  # type: ignore[arg-type]
            for n in range(1, endpoints + 1)
        )
        self.pool = Pool("teacher", "m", self.upstreams)
        self.admission = Admission([self.pool], budget or Budget(), self.clock)
        self.order: list[int] = []

    def call(self, ordinal: int = 0, *, lasts_s: float = 1.0, claim: Claim = NOTHING, not_before: float = 0.0) -> asyncio.Task[float]:
        """A call that holds its ticket for a while and returns when it was admitted."""

        async def made() -> float:
            ticket = await self.admission.enter(self.pool, SIZE, claim, ordinal, not_before)
            with ticket:
                at = self.clock.now()
                self.order.append(ordinal)
                await self.held(lasts_s)
                ticket.settle(claim, 20.0)
            return at

        return asyncio.create_task(made())

    async def held(self, seconds: float) -> None:
        """Sleep on the virtual clock."""
        future = asyncio.get_running_loop().create_future()

        def wake() -> None:
            if not future.done():
                future.set_result(None)

        self.clock.call_at(self.clock.now() + seconds, wake)
        await future


async def test_the_oldest_seed_goes_first() -> None:
    """Whoever came first, the lowest ordinal gets the next slot."""
    desk = Desk()
    calls = [desk.call(ordinal) for ordinal in (9, 5, 7, 1)]

    await desk.clock.advance(10)

    assert desk.order == [9, 1, 5, 7]
    assert desk.admission.waiting == 0
    await asyncio.gather(*calls)


async def test_a_call_that_backs_off_holds_no_slot() -> None:
    """With one slot, it lets the other through."""
    desk = Desk()
    delayed, other = desk.call(0, not_before=5.0), desk.call(1)

    await desk.clock.advance(10)

    assert (await other, await delayed) == (0.0, 5.0)


async def test_requests_leave_at_the_rate() -> None:
    """60 a minute: one a second, woken by a timer, not by polling."""
    desk = Desk(concurrency=100, requests_per_minute=60)
    calls = [desk.call(n, lasts_s=0.0) for n in range(5)]

    await desk.clock.advance(10)

    times = [await call for call in calls]
    assert times == pytest.approx([0, 1.02, 2.04, 3.06, 4.08], abs=0.01)


async def test_a_cancelled_waiter_leaves_no_trace() -> None:
    """Its place goes to the next, and nothing is reserved."""
    desk = Desk()
    first, gone, last = desk.call(0), desk.call(1), desk.call(2)
    await desk.clock.advance(0.5)
    gone.cancel()

    await desk.clock.advance(5)

    assert gone.cancelled()
    assert (await first, await last) == (0.0, 1.0)
    assert desk.upstreams[0].limit.in_flight == 0


async def test_a_ticket_granted_to_a_cancelled_call_is_given_back() -> None:
    """Slot freed and waiter cancelled in the same turn of the loop."""
    desk = Desk()
    holder = await desk.admission.enter(desk.pool, SIZE, NOTHING, 0)
    waiting = desk.call(1)
    await desk.clock.settle()
    with holder:
        waiting.cancel()
    after = desk.call(2)

    await desk.clock.advance(5)

    assert waiting.cancelled()
    assert await after == 0.0
    assert desk.upstreams[0].limit.in_flight == 0


@pytest.mark.parametrize(("sent", "spent"), [(False, 0), (True, 60)])
async def test_leaving_a_ticket_gives_everything_back(spent: int, *, sent: bool) -> None:
    """Cancelled before sending: refunded; after: the promise counts as spent. The slot is free either way."""
    budget = Budget(max_tokens=100)
    desk = Desk(budget)

    async def cancelled() -> None:
        with await desk.admission.enter(desk.pool, SIZE, Claim(0.0, 60), 0) as ticket:
            ticket.sent = sent
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await cancelled()

    assert desk.upstreams[0].limit.in_flight == 0
    assert budget.spent_tokens == spent
    assert budget.reserved == 0


async def test_a_call_that_does_not_fit_waits_for_promises_to_be_settled() -> None:
    """Worst cases are reserved; what was not used lets the next one in."""
    desk = Desk(Budget(max_tokens=100), concurrency=10)

    async def frugal() -> None:
        with await desk.admission.enter(desk.pool, SIZE, Claim(0.0, 80), 0) as ticket:
            await desk.held(1.0)
            ticket.settle(Claim(0.0, 10), 10)

    first, second = asyncio.create_task(frugal()), desk.call(1, claim=Claim(0.0, 80))
    await desk.clock.advance(5)

    assert await second == 1.0
    await first


async def test_small_calls_pass_one_that_does_not_fit() -> None:
    """The budget's rest is used."""
    desk = Desk(Budget(max_tokens=100), concurrency=10)
    calls = [desk.call(n, claim=Claim(0.0, tokens)) for n, tokens in enumerate((50, 80, 40))]

    await desk.clock.advance(0.5)

    assert desk.order == [0, 2]
    await desk.clock.advance(5)
    with pytest.raises(BudgetExhausted):
        await calls[1]


async def test_the_budget_ends_the_run_only_when_nothing_is_in_flight() -> None:
    """And then every waiting call hears it."""
    desk = Desk(Budget(max_cost_usd=1.0), concurrency=10)
    first, *others = [desk.call(n, claim=Claim(0.7, 0)) for n in range(3)]
    await desk.clock.advance(0.5)
    assert not any(call.done() for call in others)

    await desk.clock.advance(5)

    assert await first == 0.0
    for call in others:
        with pytest.raises(BudgetExhausted, match="max_cost_usd"):
            await call


def _closed(desk: Desk) -> None:
    desk.admission.close(Closed("target"))


def _down(desk: Desk) -> None:
    desk.upstreams[0].failed(Failed("auth", "bad key", 401), 0.0, 0.0)


@pytest.mark.parametrize(("end", "error"), [(_closed, Closed), (_down, EndpointDown)])
async def test_every_waiting_call_hears_of_the_end(end: Callable[[Desk], None], error: type[StreamSynthError]) -> None:
    """Those in line, those that back off, and those that come later; the one in flight finishes."""
    desk = Desk()
    running, waiting, delayed = desk.call(0), desk.call(1), desk.call(2, not_before=60.0)
    await desk.clock.advance(0.5)

    end(desk)
    await desk.clock.advance(1.0)

    assert await running == 0.0
    for call in (waiting, delayed, desk.call(3)):
        with pytest.raises(error):
            await call


async def test_traffic_moves_to_the_endpoints_that_are_left() -> None:
    """One of three goes down; nobody fails."""
    desk = Desk(endpoints=3, concurrency=2)
    _down(desk)
    calls = [desk.call(n) for n in range(8)]

    await desk.clock.advance(5)

    assert sorted([await call for call in calls]) == [0.0] * 4 + [1.0] * 4


async def test_new_connections_are_opened_at_a_pace() -> None:
    """Two thousand a second, not four thousand at once."""
    desk = Desk(concurrency=4_000)
    tickets: list[Ticket] = []

    async def enter() -> None:
        tickets.append(await desk.admission.enter(desk.pool, SIZE, NOTHING, 0))

    calls = [asyncio.create_task(enter()) for _ in range(2_000)]
    await desk.clock.settle()
    at_once = len(tickets)
    await desk.clock.advance(0.5)

    assert at_once <= 64
    assert 900 <= len(tickets) <= 1_100
    desk.admission.close(Closed("done"))
    await asyncio.gather(*calls, return_exceptions=True)
