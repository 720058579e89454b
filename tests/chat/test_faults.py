"""The fault scenarios, each against a server that misbehaves on purpose."""

import asyncio
from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path

import pytest

from stream_synth.chat import Endpoint
from stream_synth.errors import ChatError, EndpointDown
from tests.chat.rig import FASTER, Received, Step, call, chatting, error, http, outcomes, reply, scripted

CALLS = 40


async def test_429_with_retry_after_on_two_fifths_of_first_attempts(tmp_path: Path) -> None:
    """Nobody returns before his time, everybody gets through, and one burst is one cut."""
    arrivals: dict[str, list[float]] = defaultdict(list)

    def script(received: Received) -> Step:
        times = arrivals[received.key]
        times.append(asyncio.get_running_loop().time())
        return error(429, "slow down", "Retry-After: 3\r\n") if len(times) == 1 and received.number % 5 < 2 else reply()

    async with scripted(script) as server, chatting(tmp_path, Endpoint(base_url=server.base_url, model="m")) as (chat, _):
        said = await asyncio.gather(*(chat.complete(call(n)) for n in range(CALLS)))
        snapshot = chat.snapshot()

    again = [times for times in arrivals.values() if len(times) == 2]
    assert len(said) == CALLS
    assert again
    assert all(second - first >= 3 / FASTER for first, second in again)
    assert snapshot["pushed_back"] == snapshot["retries"] == len(again)


async def test_sustained_429_kills_no_row(tmp_path: Path) -> None:
    """While it lasts the endpoint is probed now and then; afterwards every row is finished."""
    healthy = asyncio.Event()
    async with (
        scripted(lambda _: reply() if healthy.is_set() else error(429, "busy")) as server,
        chatting(tmp_path, Endpoint(base_url=server.base_url, model="m")) as (chat, _),
    ):
        calls = [asyncio.create_task(chat.complete(call(n))) for n in range(CALLS)]
        await asyncio.sleep(0.6)  # half a minute of quick time
        during = len(server.received)
        healthy.set()
        said = await asyncio.gather(*calls)

    assert len(said) == CALLS
    assert during < 5 * CALLS


async def test_no_quota_in_mid_run_moves_to_the_other_endpoint(tmp_path: Path) -> None:
    """One retry a row at most; without another endpoint it would be EndpointDown."""

    def script(received: Received) -> Step:
        return reply() if received.number < 5 else error(429, "quota", code="insufficient_quota")

    async with scripted(script) as poor, scripted(lambda _: reply()) as rich:
        endpoints = (Endpoint(base_url=url, model="m", concurrency=4) for url in (poor.base_url, rich.base_url))
        async with chatting(tmp_path, *endpoints) as (chat, journal):
            said = await asyncio.gather(*(chat.complete(call(n)) for n in range(CALLS)))
            ended = Counter(outcomes(journal))

    assert len(said) == CALLS
    assert ended["auth"] <= 4
    assert len(poor.received) == 5 + ended["auth"]


async def test_a_reply_that_never_ends_is_given_up(tmp_path: Path) -> None:
    """Headers, then a byte now and then: the attempt's own time-out fires, slot and connection are free, the next call works."""
    drip = Step((http(200, b"", length=1_000), *(b" " for _ in range(40))), pause_s=0.02)
    async with scripted(lambda received: drip if received.number == 0 else reply()) as server:
        endpoint = Endpoint(base_url=server.base_url, model="m", concurrency=1, timeout_s=2.0, retry_ambiguous="never")
        async with chatting(tmp_path, endpoint) as (chat, journal):
            with pytest.raises(ChatError, match="timeout_s 2") as lost:
                await chat.complete(call(1))
            said = await chat.complete(call(2))
            ended = outcomes(journal)

    assert lost.value.kind == "ambiguous"
    assert said.text == "ok"
    assert ended == ["ambiguous", "ok"]


@pytest.mark.parametrize(("policy", "idempotency", "sends"), [("never", False, 1), ("once", False, 2), ("only_with_idempotency", True, 3)])
async def test_a_socket_closed_after_the_request_follows_the_policy(tmp_path: Path, policy: str, sends: int, *, idempotency: bool) -> None:
    """Exactly that many sends, each listed, all under one key."""
    async with scripted(lambda _: Step((), closes=True)) as server:
        endpoint = Endpoint(
            base_url=server.base_url,
            model="m",
            max_attempts=3,
            retry_ambiguous=policy,  # type: ignore[arg-type]
            idempotency=idempotency,
        )
        async with chatting(tmp_path, endpoint) as (chat, journal):
            with pytest.raises(ChatError) as lost:
                await chat.complete(call(1))
            ended = outcomes(journal)
            kept = journal.reply(call(1).key)

    assert lost.value.kind == "ambiguous"
    assert ended == ["ambiguous"] * sends
    assert {received.key for received in server.received} == {call(1).key.hex()}
    assert kept is not None
    assert kept.attempts == sends == len(server.received)


async def test_one_of_three_endpoints_refuses_connections(tmp_path: Path) -> None:
    """Nothing was sent there, so everything is retried elsewhere; no row dies, nothing is ambiguous."""
    async with scripted(lambda _: reply()) as one, scripted(lambda _: reply()) as two:
        urls = ("http://127.0.0.1:1/v1", one.base_url, two.base_url)
        async with chatting(tmp_path, *(Endpoint(base_url=url, model="m") for url in urls)) as (chat, journal):
            said = await asyncio.gather(*(chat.complete(call(n)) for n in range(CALLS)))
            ended = Counter(outcomes(journal))

    assert len(said) == CALLS
    assert set(ended) == {"ok", "never_sent"}
    assert len(one.received) + len(two.received) == CALLS


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/v1", "http://no-such-host.invalid/v1"])
async def test_an_address_that_was_never_reached_ends_the_run_soon(tmp_path: Path, url: str) -> None:
    """Within ten quick seconds and whatever the resolver takes, naming it and the remedy."""
    async with chatting(tmp_path, Endpoint(base_url=url, model="m", concurrency=2)) as (chat, journal):
        results = await asyncio.gather(*(chat.complete(call(n)) for n in range(4)), return_exceptions=True)
        ended = set(outcomes(journal))

    assert all(isinstance(one, EndpointDown) for one in results)
    assert url in str(results[0])
    assert "Check base_url" in str(results[0])
    assert ended == {"never_sent"}


async def test_a_burst_of_broken_replies(tmp_path: Path) -> None:
    """500s, HTML, cut and malformed bodies: bounded attempts, and what stays broken is kept with its reason."""
    broken = (
        error(500, "oops"),
        Step((http(502, b"<html>Bad Gateway</html>", kind="text/html"),)),
        Step((http(200, b'{"choices": ['),)),
        Step((http(200, b""),)),
        Step((http(200, b'{"choi', length=500),), closes=True),
    )
    tries: Counter[str] = Counter()

    def script(received: Received) -> Step:
        tries[received.key] += 1
        number = received.call
        return broken[number % 5] if number % 2 == 0 and tries[received.key] == 1 else reply()

    async with scripted(script) as server, chatting(tmp_path, Endpoint(base_url=server.base_url, model="m")) as (chat, journal):
        said = await asyncio.gather(*(chat.complete(call(n)) for n in range(CALLS)))
        ended = Counter(outcomes(journal))

    assert len(said) == CALLS
    assert ended == {"ok": CALLS, "server_error": 8, "ambiguous": 12}


async def test_a_reply_that_stays_unreadable_is_kept_with_its_reason(tmp_path: Path) -> None:
    """Two sends, then the row is given up."""
    async with (
        scripted(lambda _: Step((http(200, b"not json"),))) as server,
        chatting(tmp_path, Endpoint(base_url=server.base_url, model="m")) as (chat, _),
    ):
        with pytest.raises(ChatError, match="unreadable reply: no JSON") as lost:
            await chat.complete(call(1))

    assert lost.value.kind == "unreadable"
    assert len(server.received) == 2


async def test_a_few_bad_requests_cost_one_attempt_each(tmp_path: Path) -> None:
    """The run goes on."""

    def script(received: Received) -> Step:
        return error(400, "maximum context length") if received.call % 8 == 7 else reply()

    async with scripted(script) as server, chatting(tmp_path, Endpoint(base_url=server.base_url, model="m")) as (chat, _):
        results = await asyncio.gather(*(chat.complete(call(n)) for n in range(CALLS)), return_exceptions=True)

    assert sum(isinstance(one, ChatError) for one in results) == 5
    assert len(server.received) == CALLS


async def test_an_endpoint_that_refuses_everything_ends_the_run_before_spending(tmp_path: Path) -> None:
    """Eleven refusals, not the whole night, and the server's words in the error."""
    async with (
        scripted(lambda _: error(400, "unknown field top_q")) as server,
        chatting(tmp_path, Endpoint(base_url=server.base_url, model="m", concurrency=1)) as (chat, _),
    ):
        results = await asyncio.gather(*(chat.complete(call(n)) for n in range(CALLS)), return_exceptions=True)

    assert len(server.received) == 11
    assert isinstance(results[-1], EndpointDown)
    assert "unknown field top_q" in str(results[-1])


async def test_a_wrong_model_name_costs_no_row(tmp_path: Path) -> None:
    """404 before any success: every call stays open for the run with the right name."""
    async with scripted(lambda _: error(404, "no model m")) as server:
        endpoint = Endpoint(base_url=server.base_url, model="m", max_attempts=1)
        async with chatting(tmp_path, endpoint) as (chat, journal):
            with pytest.raises(EndpointDown, match="no model m; check base_url and model"):
                await chat.complete(call(1))
            kept = journal.reply(call(1).key)

    assert kept is None


async def test_a_slow_endpoint_is_left_to_the_others(tmp_path: Path) -> None:
    """Ten times slower, without errors: the fast one takes most."""
    async with scripted(lambda _: replace(reply(), before_s=0.1)) as slow, scripted(lambda _: replace(reply(), before_s=0.01)) as fast:
        endpoints = (Endpoint(base_url=url, model="m", concurrency=4) for url in (slow.base_url, fast.base_url))
        async with chatting(tmp_path, *endpoints) as (chat, _):
            await asyncio.gather(*(chat.complete(call(n)) for n in range(80)))

    assert len(fast.received) >= 4 * len(slow.received)


async def test_cancelling_a_fifth_of_all_calls_leaks_nothing(tmp_path: Path) -> None:
    """Slots, waiters and reservations return to zero, and the rest arrives."""
    async with scripted(lambda _: replace(reply(), before_s=0.005)) as server:
        endpoint = Endpoint(base_url=server.base_url, model="m", concurrency=10, tokens_per_minute=1e9)
        async with chatting(tmp_path, endpoint) as (chat, journal):
            calls = [asyncio.create_task(chat.complete(call(n))) for n in range(200)]
            for n in range(0, 200, 5):
                await asyncio.sleep(0.001)
                calls[n].cancel()
            results = await asyncio.gather(*calls, return_exceptions=True)
            await asyncio.sleep(0.02)
            snapshot, ended = chat.snapshot(), Counter(outcomes(journal))

    answered = [one for one in results if not isinstance(one, BaseException)]
    assert len(answered) >= 160
    assert snapshot["in_flight"] == snapshot["waiting"] == 0
    assert ended["ok"] >= len(answered)
    assert ended["ok"] + ended["ambiguous"] + ended["never_sent"] == ended.total()
