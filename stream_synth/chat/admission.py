"""Who may go, and in which order: slots, rate, health and budget asked together, without polling.

A call that may not start waits here, the oldest seed first; one that backs off waits here too and holds nothing. Every wait
ends by a slot or a promise given back, by one timer, or by an error for all.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Self

from stream_synth.chat.budget import Budget, Claim
from stream_synth.chat.clock import Clock, Timer
from stream_synth.chat.route import choose
from stream_synth.chat.upstream import Size, Upstream
from stream_synth.errors import Closed, EndpointDown, StreamSynthError

NOTHING = Claim()
FOREVER = float("inf")


class Pool:
    """The endpoints that answer for one model of a role, and the calls that wait for any of them."""

    def __init__(self, role: str, model: str, upstreams: tuple[Upstream, ...]) -> None:
        self.role = role
        self.model = model
        self.upstreams = upstreams
        self.waiting: list[tuple[int, int, Waiter]] = []
        self.timer: Timer | None = None
        self.timer_at = FOREVER

    @property
    def down(self) -> str:
        """Why no endpoint is left; empty while one is."""
        if all(upstream.breaker.down for upstream in self.upstreams):
            return " · ".join(upstream.breaker.down for upstream in self.upstreams)
        return ""


class Waiter:
    """One call that waits."""

    __slots__ = ("claim", "future", "ordinal", "pool", "size")

    def __init__(self, pool: Pool, size: Size, claim: Claim, ordinal: int) -> None:
        self.pool = pool
        self.size = size
        self.claim = claim
        self.ordinal = ordinal
        self.future: asyncio.Future[Ticket] = asyncio.get_running_loop().create_future()


class Ticket:
    """The right to make one attempt. Leaving its `with` block gives back slot, rate and budget, however the block ends.

    Set `sent` when bytes may have left: until then leaving refunds everything, from then on the whole promise counts as spent
    unless `settle` said better.
    """

    __slots__ = ("_admission", "_settled", "admitted_at", "claim", "sent", "tokens", "upstream")

    def __init__(self, admission: Admission, upstream: Upstream, claim: Claim, tokens: float) -> None:
        self._admission = admission
        self._settled: tuple[Claim, float] | None = None
        self.upstream = upstream
        self.claim = claim
        self.tokens = tokens  # reserved of the rate
        self.admitted_at = admission.clock.now()
        self.sent = False

    def settle(self, spent: Claim, tokens: float) -> None:
        """What the attempt really took of the budget and of the rate."""
        self._settled = (spent, tokens)

    def __enter__(self) -> Self:
        """The attempt begins."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Give everything back and let the next one in."""
        upstream = self.upstream
        upstream.limit.end()
        if self._settled is not None:
            spent, tokens = self._settled
            upstream.rate.reconcile(self.tokens, tokens)
        elif self.sent:
            spent = self.claim
        else:
            spent = NOTHING
            upstream.rate.refund(self.tokens)
        if kind is not None:
            upstream.breaker.abandon()
        self._admission.gave_back(self, spent)


class Admission:
    """The one place where calls wait."""

    def __init__(self, pools: Iterable[Pool], budget: Budget, clock: Clock) -> None:
        self.clock = clock
        self._budget = budget
        self._pools = tuple(pools)
        self._users: dict[int, tuple[Pool, ...]] = {}  # pools of each endpoint; twins share a limit
        for limit in {id(one.limit) for pool in self._pools for one in pool.upstreams}:
            self._users[limit] = tuple(pool for pool in self._pools if any(id(one.limit) == limit for one in pool.upstreams))
        self._order = itertools.count()
        self._delayed: list[tuple[float, int, Waiter]] = []
        self._delay_timer: Timer | None = None
        self._delay_at = FOREVER
        self._parked: list[Waiter] = []  # do not fit the budget while others hold their promise
        self._closed = False
        self.waiting = 0

    async def enter(self, pool: Pool, size: Size, claim: Claim, ordinal: int, not_before: float = 0.0) -> Ticket:
        """The right to one attempt. Raises `Closed`, `EndpointDown`, or `BudgetExhausted`, whichever comes true while it waits."""
        if self._closed:
            raise Closed("the run takes no new calls")
        if reason := pool.down:
            raise EndpointDown(reason)
        now = self.clock.now()
        if not pool.waiting and not_before <= now and self._budget.fits(claim):
            upstream, _ = choose(pool.upstreams, size, now)
            if upstream is not None:
                return self._admit(upstream, size, claim)
        return await self._wait(Waiter(pool, size, claim, ordinal), not_before, now)

    async def _wait(self, waiter: Waiter, not_before: float, now: float) -> Ticket:
        self.waiting += 1
        if not_before > now:
            heapq.heappush(self._delayed, (not_before, next(self._order), waiter))
            self._set_delay_timer()
        else:
            self._queue(waiter)
            self._pump((waiter.pool,))
        try:
            return await waiter.future
        except asyncio.CancelledError:
            if waiter.future.done() and not waiter.future.cancelled() and waiter.future.exception() is None:
                with waiter.future.result():  # admitted and cancelled in the same turn of the loop
                    waiter.future.result().upstream.breaker.abandon()
            raise
        finally:
            self.waiting -= 1

    def gave_back(self, ticket: Ticket, spent: Claim) -> None:
        """A ticket's end: settle the budget, and see who can go now."""
        self._budget.settle(ticket.claim, spent)
        pools: tuple[Pool, ...] = self._users[id(ticket.upstream.limit)]
        if self._parked:
            pools = self._unpark()
        if ticket.upstream.breaker.down:
            self._fail_pools_down(pools)
        self._pump(pools)

    def close(self, error: StreamSynthError) -> None:
        """From now on nobody enters; who waits gets the error."""
        self._closed = True
        self._fail(list(self._everyone()), error)

    # ------------------------------------------------------------------ inside

    def _admit(self, upstream: Upstream, size: Size, claim: Claim) -> Ticket:
        tokens = upstream.expected_tokens(size)
        upstream.start(tokens)
        self._budget.reserve(claim)
        return Ticket(self, upstream, claim, tokens)

    def _queue(self, waiter: Waiter) -> None:
        heapq.heappush(waiter.pool.waiting, (waiter.ordinal, next(self._order), waiter))

    def _pump(self, pools: tuple[Pool, ...]) -> None:
        """Admit from these pools, the oldest waiting seed first, until nobody can go."""
        able = [pool for pool in pools if pool.waiting]
        while able:
            pool = able[0] if len(able) == 1 else min(able, key=lambda one: one.waiting[0][0])
            if not self._admit_first(pool):
                able = [one for one in able if one is not pool]
        if self._parked and not self._budget.reserved:
            self._check_exhausted()

    def _admit_first(self, pool: Pool) -> bool:
        """One step for the first in line. False when the line is empty or must wait."""
        while pool.waiting:
            waiter = pool.waiting[0][2]
            if waiter.future.done():
                heapq.heappop(pool.waiting)
            elif not self._budget.fits(waiter.claim):
                heapq.heappop(pool.waiting)
                self._parked.append(waiter)
            else:
                break
        else:
            return False
        upstream, at = choose(pool.upstreams, waiter.size, self.clock.now())
        if upstream is None:
            self._wake_at(pool, at)
            return False
        heapq.heappop(pool.waiting)
        waiter.future.set_result(self._admit(upstream, waiter.size, waiter.claim))
        return bool(pool.waiting)

    def _wake_at(self, pool: Pool, at: float) -> None:
        if at >= pool.timer_at or at == FOREVER:
            return
        if pool.timer is not None:
            pool.timer.cancel()
        pool.timer_at = at

        def due() -> None:
            pool.timer, pool.timer_at = None, FOREVER
            self._pump((pool,))

        pool.timer = self.clock.call_at(at, due)

    def _set_delay_timer(self) -> None:
        at = self._delayed[0][0] if self._delayed else FOREVER
        if at >= self._delay_at:
            return
        if self._delay_timer is not None:
            self._delay_timer.cancel()
        self._delay_at = at
        self._delay_timer = self.clock.call_at(at, self._delays_due)

    def _delays_due(self) -> None:
        now, pools = self.clock.now(), dict[int, Pool]()
        # A timer may fire a clock tick early; what is due within a millisecond is due.
        while self._delayed and self._delayed[0][0] <= now + 1e-3:
            waiter = heapq.heappop(self._delayed)[2]
            if not waiter.future.done():
                self._queue(waiter)
                pools[id(waiter.pool)] = waiter.pool
        self._delay_timer, self._delay_at = None, FOREVER
        self._set_delay_timer()
        self._pump(tuple(pools.values()))

    def _unpark(self) -> tuple[Pool, ...]:
        """Let those that fit by now stand in line again."""
        parked, self._parked = self._parked, []
        for waiter in parked:
            if waiter.future.done():
                continue
            if self._budget.fits(waiter.claim):
                self._queue(waiter)
            else:
                self._parked.append(waiter)
        return self._pools

    def _check_exhausted(self) -> None:
        """Nothing is in flight: if nobody who waits fits, nobody ever will."""
        everyone = list(self._everyone())
        if everyone and not any(self._budget.fits(waiter.claim) for waiter in everyone):
            smallest = min((waiter.claim for waiter in everyone), key=lambda claim: (claim.usd, claim.tokens))
            self._fail(everyone, self._budget.exhausted(smallest))

    def _fail_pools_down(self, pools: tuple[Pool, ...]) -> None:
        for pool in pools:
            if reason := pool.down:
                self._fail([waiter for waiter in self._everyone() if waiter.pool is pool], EndpointDown(reason))

    def _fail(self, waiters: list[Waiter], error: StreamSynthError) -> None:
        for waiter in waiters:
            waiter.future.set_exception(type(error)(str(error)))  # one each: a shared exception would collect every task's traceback
        self._parked = [waiter for waiter in self._parked if not waiter.future.done()]

    def _everyone(self) -> Iterator[Waiter]:
        queued = (entry[2] for pool in self._pools for entry in pool.waiting)
        delayed = (entry[2] for entry in self._delayed)
        return (waiter for waiter in itertools.chain(queued, delayed, self._parked) if not waiter.future.done())
