"""The chat side of a run: `replayed(retrying(routed(admitted(budgeted(recorded(transport))))))`, written once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from random import Random
from types import TracebackType
from typing import NamedTuple, Self

from stream_synth.chat import replay, route
from stream_synth.chat.admission import NOTHING, Admission, Pool, Ticket
from stream_synth.chat.budget import Budget, Claim
from stream_synth.chat.clock import Clock, LoopClock
from stream_synth.chat.counters import Counters
from stream_synth.chat.deadline import Deadline
from stream_synth.chat.endpoint import Endpoint
from stream_synth.chat.outcome import Failed, clean, of_status
from stream_synth.chat.reply import Said, Unreadable, read, read_parsed, read_route
from stream_synth.chat.retry import Tries, wait_s
from stream_synth.chat.stream import BrokenStream
from stream_synth.chat.upstream import Size, Upstream, claim_of, size_of
from stream_synth.chat.wire import Answer, Broken, NeverSent, Outgoing, Transport, outgoing, said_bytes
from stream_synth.errors import ChatError, Closed, ConfigError
from stream_synth.journal import Intent, Journal, Reply
from stream_synth.values import Call, Completion, Json, Usage


class Answered(NamedTuple):
    """An attempt that brought a reply."""

    said: Said
    usage: Usage
    cost_usd: float
    latency_s: float


class Attempt(NamedTuple):
    """One attempt that has left its mark in the journal and now waits for its outcome to be settled there."""

    id: int
    upstream: Upstream
    started_at: float
    result: Answered | Failed


class Chat:
    """Talks to the endpoints of every role. Use as `async with Chat(roles, journal, budget, seed=7) as chat`.

    A reply is in the journal before `complete` returns it, and what the journal holds is never asked again. Raises `ConfigError`
    at construction when a key is missing, or a price under a money budget.
    """

    def __init__(
        self, roles: Mapping[str, Sequence[Endpoint]], journal: Journal, budget: Budget, *, seed: int = 0, clock: Clock | None = None
    ) -> None:
        self._roles = roles
        self._journal = journal
        self._budget = budget
        self._clock = clock or LoopClock()
        self._rng = Random(seed)  # noqa: S311  # spreads retries, keeps no secret
        self._upstreams, self._pools = _wired(roles, self._rng, self._clock.now())
        if budget.max_cost_usd is not None:
            _check_prices(roles)
        self._secrets = tuple(upstream.key for upstream in self._upstreams if upstream.key)
        self._admission = Admission(self._pools.values(), budget, self._clock)
        self._transports: dict[int, Transport] = {}
        self._live: set[Deadline] = set()
        self._aborted = False
        self._counters = Counters()

    async def __aenter__(self) -> Self:
        """Open the sessions; connections open with the first calls."""
        for upstream in self._upstreams:
            self._transports[id(upstream)] = _transport(upstream)
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close every connection. Calls that still run are given up."""
        self.abort()
        for transport in self._transports.values():
            await transport.close()

    # ------------------------------------------------------------------ what the engine uses

    async def complete(self, call: Call) -> Completion:
        """The reply to this call: from the journal when it holds one, else from an endpoint.

        Raises `ChatError` when the call failed for good, now or in an earlier run; `Closed`, `EndpointDown` or `BudgetExhausted`
        when the run cannot go on: the call is then open and a resumed run asks it again.
        """
        known = self._journal.reply(call.key)
        if known is None:
            return replay.completion_of(await self._retrying(call))
        self._counters.replayed += 1
        self._counters.diverged += known.text_hash != call.text_hash
        return replay.completion_of(known)

    def draw_model(self, role: str, rng: Callable[[], Random]) -> str:
        """The model that will answer, drawn by weight among the role's endpoints."""
        return route.draw_model(endpoints_of(self._roles, role), rng)

    def close_admission(self) -> None:
        """No attempt starts from now on: waiting calls raise `Closed`, those in flight finish and are journalled."""
        self._admission.close(Closed("the run takes no new calls"))

    def abort(self) -> None:
        """Give up what is in flight now: waiting and running calls raise `Closed`; bodies already sent become `ambiguous`."""
        self._aborted = True
        self.close_admission()
        for deadline in tuple(self._live):
            deadline.abort()

    def snapshot(self) -> Json:
        """Counters of this invocation and, for each endpoint, what it is doing now."""
        endpoints = {
            upstream.name: {
                "model": upstream.endpoint.model,
                "in_flight": upstream.limit.in_flight,
                "limit": upstream.limit.limit,
                "pushed_back": upstream.pushed_back,
                "down": upstream.breaker.down,
            }
            for upstream in self._upstreams
        }
        servers = {id(upstream.limit): upstream for upstream in self._upstreams}.values()
        return {
            **self._counters.as_dict(),
            "in_flight": sum(upstream.limit.in_flight for upstream in servers),
            "waiting": self._admission.waiting,
            "limit": sum(upstream.limit.limit for upstream in servers if not upstream.breaker.down),
            "pushed_back": sum(upstream.pushed_back for upstream in self._upstreams),
            "endpoints": endpoints,
        }

    # ------------------------------------------------------------------ one call

    async def _retrying(self, call: Call) -> Reply:
        """Attempts until one is final. A call that backs off holds nothing."""
        pool = self._pools.get((call.role, call.model))
        if pool is None:
            endpoints_of(self._roles, call.role)
            raise ConfigError(f"no endpoint of role {call.role!r} answers for model {call.model!r} any more: put it back under endpoints")
        said = _said(call)
        size = size_of(call, len(said))
        tries, not_before = Tries(), 0.0
        while True:
            claim = self._claim(pool, size, call)
            ticket = await self._admission.enter(pool, size, claim, call.ordinal, not_before)
            attempt = await self._recorded(call, ticket, said, tries)
            reply, again_in_s = self._judged(call, attempt, tries)
            if reply is None:
                await self._journal.settle(attempt.id, _outcome(attempt.result))
                not_before = self._clock.now() + again_in_s
                self._counters.retries += 1
                continue
            self._counters.finished(reply)
            await self._journal.settle(attempt.id, _outcome(attempt.result), reply)
            return reply

    def _claim(self, pool: Pool, size: Size, call: Call) -> Claim:
        """The worst case, where anyone wants to know it."""
        if not self._budget.limited and all(upstream.endpoint.price is None for upstream in pool.upstreams):
            return NOTHING
        return claim_of(pool.upstreams, size, call, in_usd=self._budget.max_cost_usd is not None)

    def _judged(self, call: Call, attempt: Attempt, tries: Tries) -> tuple[Reply | None, float]:
        """(the call's end, 0) or (None, seconds until the next attempt)."""
        result, upstream = attempt.result, attempt.upstream
        if isinstance(result, Answered):
            measured = (result.usage, result.cost_usd, result.latency_s, attempt.started_at)
            return replay.answered(call, upstream, tries.attempts, result.said, measured), 0.0
        tries.add(result)
        self._counters.ambiguous += result.outcome == "ambiguous"
        if upstream.breaker.down:  # the endpoint's fault, not the row's: another endpoint, or the mended one of a resumed run, answers it
            return None, 0.0
        again_in_s = wait_s(result, tries, upstream.endpoint, self._rng)
        if again_in_s is not None:
            return None, again_in_s
        latency_s = max(0.0, self._clock.wall() - attempt.started_at)
        return replay.failed(call, upstream, tries.attempts, result, (latency_s, attempt.started_at)), 0.0

    async def _recorded(self, call: Call, ticket: Ticket, said: bytes, tries: Tries) -> Attempt:
        """One attempt, its intent committed before a byte leaves; the caller settles it. Given up, it is settled here."""
        upstream = ticket.upstream
        tries.attempts += 1
        attempt_id, key, started_at = self._journal.next_attempt_id(), call.key.hex(), self._clock.wall()
        headers = {"Idempotency-Key": key, "X-Request-Id": f"{key}-{tries.attempts}"}
        sending: Outgoing | None = None
        try:
            with ticket:
                sending = outgoing(upstream, call.request, said, headers)
                await self._journal.intend(Intent(attempt_id, call.key, tries.attempts, upstream.name, started_at, ticket.claim.usd))
                self._check_aborted()
                return Attempt(attempt_id, upstream, started_at, await self._exchanged(call, ticket, sending))
        except (asyncio.CancelledError, Closed):
            left = sending is not None and sending.written
            self._counters.ambiguous += left
            await self._journal.settle(attempt_id, "ambiguous" if left else "never_sent")
            raise

    def _check_aborted(self) -> None:
        if self._aborted:
            raise Closed("the run was stopped")

    async def _exchanged(self, call: Call, ticket: Ticket, sending: Outgoing) -> Answered | Failed:
        """Send, receive, understand; tell the endpoint's limits and the ticket what came of it."""
        upstream, began = ticket.upstream, self._clock.now()
        try:
            with Deadline(self._clock, upstream.endpoint.timeout_s, self._live):
                answer = await self._transports[id(upstream)].send(sending)
            result = self._understood(call, upstream, answer, sending)
        except TimeoutError:
            words = f"no whole reply within timeout_s {upstream.endpoint.timeout_s:g} of endpoint {upstream.name}"
            result = Failed("ambiguous" if sending.written else "never_sent", words)
        except NeverSent as error:
            result = Failed("never_sent", clean(str(error), self._secrets))
        except Broken as error:
            result = Failed("ambiguous", clean(str(error), self._secrets))
        except (BrokenStream, Unreadable) as error:
            result = Failed("ambiguous", clean(f"unreadable reply: {error}", self._secrets), 200, unreadable=True)
        finally:
            ticket.sent = sending.written
        now = self._clock.now()
        if isinstance(result, Failed):
            self._learn_failure(ticket, result, now)
            return result
        self._learn_answer(ticket, result, now)
        return result._replace(latency_s=now - began)

    def _understood(self, call: Call, upstream: Upstream, answer: Answer, sending: Outgoing) -> Answered | Failed:
        """A reply or a classified error, out of what the server sent."""
        if answer.status != 200:
            failure = of_status(answer.status, answer.headers, answer.body, self._secrets, wall=self._clock.wall())
            if failure.wants_stream:
                if sending.streams or upstream.endpoint.stream is False:
                    return replace(failure, wants_stream=False)
                upstream.streams = True
            return failure
        said = _said_in(answer, call)
        reply_bytes = len(said.text.encode("utf-8", "replace")) + len(said.reasoning.encode("utf-8", "replace"))
        usage = said.usage
        if usage is None:
            usage = upstream.estimator.usage(len(sending.body), reply_bytes)
            self._counters.missing_usage += 1
        else:
            upstream.estimator.learn_reply(reply_bytes, usage)
            upstream.estimator.learn(call.step, len(sending.body), usage)
        if said.reasoning and not usage.reasoning_tokens:
            share = len(said.reasoning) / (len(said.reasoning) + len(said.text))
            usage = replace(usage, reasoning_tokens=round(usage.completion_tokens * share))
        price = upstream.endpoint.price
        return Answered(said, usage, price.cost_usd(usage) if price is not None else 0.0, 0.0)

    @staticmethod
    def _learn_answer(ticket: Ticket, answered: Answered, now: float) -> None:
        tokens = answered.usage.prompt_tokens + answered.usage.completion_tokens
        ticket.settle(Claim(answered.cost_usd, tokens), tokens)
        ticket.upstream.breaker.succeeded(now)
        ticket.upstream.limit.succeeded(ticket.admitted_at, answered.usage.completion_tokens, now)

    @staticmethod
    def _learn_failure(ticket: Ticket, failure: Failed, now: float) -> None:
        match failure.outcome:
            case "rejected" | "client_error" | "auth":
                ticket.settle(NOTHING, 0.0)
            case "server_error":  # providers do not charge for these; their rate limits do count them
                ticket.settle(NOTHING, ticket.tokens)
        if failure.wants_stream:  # the server is well; it only wants to be asked otherwise
            ticket.upstream.breaker.abandon()
        else:
            ticket.upstream.failed(failure, ticket.admitted_at, now)


def endpoints_of(roles: Mapping[str, Sequence[Endpoint]], role: str) -> Sequence[Endpoint]:
    """The endpoints of a role. Raises `ConfigError` naming the key that is missing."""
    if not roles.get(role):
        raise ConfigError(f"endpoints.{role} is missing: the recipe asks this role; known roles: {', '.join(sorted(roles)) or 'none'}")
    return roles[role]


def _wired(roles: Mapping[str, Sequence[Endpoint]], rng: Random, now: float) -> tuple[list[Upstream], dict[tuple[str, str], Pool]]:
    """One upstream for each distinct endpoint, one pool for each model of a role."""
    upstreams: list[Upstream] = []
    members: dict[tuple[str, str], list[Upstream]] = {}
    for role, endpoints in roles.items():
        for number, endpoint in enumerate(endpoints):
            name = endpoint.name or (role if len(endpoints) == 1 else f"{role}.{number}")
            twins = [one for one in upstreams if one.endpoint.identity == endpoint.identity]
            found = next(
                (one for one in twins if replace(one.endpoint, name="", weight=1.0) == replace(endpoint, name="", weight=1.0)), None
            )
            if found is None:
                found = Upstream(endpoint, name, rng, now, twin=twins[0] if twins else None)
                upstreams.append(found)
            members.setdefault((role, endpoint.model), []).append(found)
    return upstreams, {key: Pool(*key, tuple(some)) for key, some in members.items()}


def _check_prices(roles: Mapping[str, Sequence[Endpoint]]) -> None:
    for role, endpoints in roles.items():
        for endpoint in endpoints:
            if endpoint.price is None:
                raise ConfigError(f"run.max_cost_usd needs a price: set endpoints.{role}.price (USD per 1M tokens; 0 for a local model)")


def _transport(upstream: Upstream) -> Transport:
    """The transport that the endpoint names; imported here, since importing costs a third of a second."""
    if upstream.endpoint.transport == "openai":
        from stream_synth.chat.openai_transport import OpenAITransport  # noqa: PLC0415

        return OpenAITransport(upstream)
    from stream_synth.chat.transport import AiohttpTransport  # noqa: PLC0415

    return AiohttpTransport(upstream)


def _said(call: Call) -> bytes:
    try:
        return said_bytes(call.request)
    except TypeError as error:
        raise ChatError("client_error", f"step {call.step!r} of seed {call.seed_id}: the prompt cannot be sent as JSON: {error}") from error


def _said_in(answer: Answer, call: Call) -> Said:
    """What a whole reply says, read as its path is."""
    if call.request.route:
        return read_route(answer.body)
    return read(answer.body) if answer.parsed is None else read_parsed(answer.parsed)


def _outcome(result: Answered | Failed) -> str:
    return result.said.outcome if isinstance(result, Answered) else result.outcome
