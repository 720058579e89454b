"""What a recipe and the engine see of a chat: replies, replays, limits, ends."""

import asyncio
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from stream_synth.chat import Budget, Chat, Endpoint, Offline, Price, worst_case
from stream_synth.errors import BudgetExhausted, ChatError, Closed, ConfigError, EndpointDown, ReplayMiss
from stream_synth.journal import Journal
from stream_synth.values import Usage
from tests.chat.rig import Received, Step, call, chatting, error, outcomes, reply, scripted


async def test_a_reply_arrives_with_everything_measured(tmp_path: Path) -> None:
    """Text, thinking, usage, cost, host, and the headers that make the call known."""
    async with scripted(lambda _: reply("42", reasoning_content="six by seven", usage=(1_000, 100))) as server:
        endpoint = Endpoint(base_url=server.base_url, model="m", price=Price(input=1.0, output=10.0), extra_body={"top_k": 5})
        async with chatting(tmp_path, endpoint) as (chat, journal):
            said = await chat.complete(call(7, params={"temperature": 0.5}))
            kept = journal.reply(call(7).key)

    assert (said.text, said.reasoning, said.finish_reason, said.endpoint) == ("42", "six by seven", "stop", "teacher")
    assert said.host == server.base_url.removeprefix("http://").removesuffix("/v1")
    assert said.usage == Usage(1_000, 100, 86)
    assert said.cost_usd == pytest.approx(0.002)
    assert kept is not None
    assert (kept.status, kept.attempts, kept.body["text"]) == ("ok", 1, "42")
    request = server.received[0]
    assert request.body == {"model": "m", "temperature": 0.5, "top_k": 5, "messages": [{"role": "user", "content": "hello"}]}
    assert request.headers["idempotency-key"] == call(7).key.hex()
    assert request.headers["x-request-id"] == call(7).key.hex() + "-1"


async def test_raw_completions_go_to_their_own_path(tmp_path: Path) -> None:
    """With `prompt` instead of messages."""
    async with scripted(lambda _: reply("x")) as server, chatting(tmp_path, Endpoint(base_url=server.base_url, model="m")) as (chat, _):
        await chat.complete(call(prompt="once upon"))

    assert server.received[0].path == "/v1/completions"
    assert server.received[0].body == {"model": "m", "prompt": "once upon"}


async def test_what_the_journal_holds_is_not_asked_again(tmp_path: Path) -> None:
    """Replies and failures for good; a changed text is replayed and counted."""

    def script(received: Received) -> Step:
        return error(400, "too long") if received.body["messages"][0]["content"] == "bad" else reply("first")

    async with scripted(script) as server:
        endpoint = Endpoint(base_url=server.base_url, model="m")
        async with chatting(tmp_path, endpoint) as (chat, _):
            await chat.complete(call(1))
            with pytest.raises(ChatError):
                await chat.complete(call(2, text="bad"))
        async with chatting(tmp_path, endpoint) as (chat, _):
            again = await chat.complete(call(1, text="changed"))
            with pytest.raises(ChatError, match="too long") as failed:
                await chat.complete(call(2, text="bad"))
            snapshot = chat.snapshot()

    assert (again.text, again.key) == ("first", call(1).key)
    assert (failed.value.kind, failed.value.status) == ("client_error", 400)
    assert len(server.received) == 2
    assert (snapshot["calls"], snapshot["replayed"], snapshot["diverged"]) == (0, 2, 1)


async def test_a_replay_holds_no_slot(tmp_path: Path) -> None:
    """It comes back while the only slot is taken and admission is closed."""
    async with scripted(lambda received: replace(reply(), before_s=0.05 * received.number)) as server:
        endpoint = Endpoint(base_url=server.base_url, model="m", concurrency=1)
        async with chatting(tmp_path, endpoint) as (chat, _):
            await chat.complete(call(1))
            running = asyncio.create_task(chat.complete(call(2)))
            await asyncio.sleep(0.01)
            chat.close_admission()

            again = await chat.complete(call(1))

            assert not running.done()
            await running
    assert again.text == "ok"


async def test_thinking_that_only_streams_is_streamed_from_the_second_attempt_on(tmp_path: Path) -> None:
    """`stream: auto` answers the 400 once and remembers."""

    def script(received: Received) -> Step:
        if not received.body.get("stream"):
            return error(400, "parameter.enable_thinking must be set to false for non-streaming calls")
        events = (
            b'data: {"choices": [{"delta": {"reasoning_content": "hm"}}]}\n\n',
            b'data: {"choices": [{"delta": {"content": "yes"}, "finish_reason": "stop"}]}\n\n',
            b'data: {"choices": [], "usage": {"prompt_tokens": 5, "completion_tokens": 4}}\n\ndata: [DONE]\n\n',
        )
        return Step((b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n", *events), closes=True)

    async with scripted(script) as server, chatting(tmp_path, Endpoint(base_url=server.base_url, model="m")) as (chat, journal):
        first = await chat.complete(call(1))
        second = await chat.complete(call(2))
        ended = outcomes(journal)

    assert (first.text, first.reasoning, first.usage.completion_tokens) == ("yes", "hm", 4)
    assert second.text == "yes"
    assert ended == ["client_error", "ok", "ok"]
    assert server.received[1].body["stream_options"] == {"include_usage": True}


async def test_an_endpoint_told_not_to_stream_does_not(tmp_path: Path) -> None:
    """`stream: false` makes the server's wish a final error."""
    async with (
        scripted(lambda _: error(400, "only support stream mode")) as server,
        chatting(tmp_path, Endpoint(base_url=server.base_url, model="m", stream=False)) as (chat, _),
    ):
        with pytest.raises(ChatError, match="stream mode"):
            await chat.complete(call(1))

    assert len(server.received) == 1


@pytest.mark.parametrize(
    ("step", "status"),
    [
        (reply("so far", "length"), "truncated"),
        (reply("", "content_filter"), "refused"),
        (reply("", refusal="I cannot help"), "refused"),
        (reply("", reasoning="only thoughts"), "refused"),
    ],
)
async def test_truncated_and_refused_replies_are_kept_and_not_retried(tmp_path: Path, step: Step, status: str) -> None:
    """Terminal, paid once, with their text and usage."""
    async with scripted(lambda _: step) as server, chatting(tmp_path, Endpoint(base_url=server.base_url, model="m")) as (chat, journal):
        said = await chat.complete(call(1))
        kept = journal.reply(call(1).key)

    assert kept is not None
    assert kept.status == status
    assert said.truncated is (status == "truncated")
    assert said.refused is (status == "refused")
    assert said.usage.prompt_tokens == 10
    assert len(server.received) == 1


async def test_missing_usage_is_estimated_and_counted(tmp_path: Path) -> None:
    """Budgets and rates go on with the estimate."""
    async with (
        scripted(lambda _: reply("some words", usage=None)) as server,
        chatting(tmp_path, Endpoint(base_url=server.base_url, model="m")) as (chat, _),
    ):
        said = await chat.complete(call(1))
        snapshot = chat.snapshot()

    assert said.usage.estimated
    assert said.usage.completion_tokens > 0
    assert snapshot["missing_usage"] == 1


async def test_a_prompt_that_is_no_text_costs_its_row_only(tmp_path: Path) -> None:
    """A lone surrogate cannot be sent."""
    async with chatting(tmp_path, Endpoint(base_url="http://127.0.0.1:9/v1", model="m")) as (chat, _):
        with pytest.raises(ChatError, match="cannot be sent as JSON"):
            await chat.complete(call(prompt="\ud800"))


# ---------------------------------------------------------------------- ends


async def test_closing_admission_lets_calls_in_flight_arrive(tmp_path: Path) -> None:
    """Waiting calls hear Closed; the running one is journalled."""
    async with (
        scripted(lambda _: replace(reply(), before_s=0.03)) as server,
        chatting(tmp_path, Endpoint(base_url=server.base_url, model="m", concurrency=1)) as (chat, journal),
    ):
        running, waiting = (asyncio.create_task(chat.complete(call(n))) for n in (1, 2))
        await asyncio.sleep(0.01)

        chat.close_admission()

        with pytest.raises(Closed):
            await waiting
        assert (await running).text == "ok"
        assert journal.reply(call(1).key) is not None
        with pytest.raises(Closed):
            await chat.complete(call(3))


@pytest.mark.parametrize("how", ["abort", "cancel", "both"])
async def test_calls_given_up_in_flight_are_ambiguous(tmp_path: Path, how: str) -> None:
    """Their body left: they may be charged, and a resumed run asks again."""
    async with (
        scripted(lambda _: replace(reply(), before_s=0.5)) as server,
        chatting(tmp_path, Endpoint(base_url=server.base_url, model="m")) as (chat, journal),
    ):
        task = asyncio.create_task(chat.complete(call(1)))
        while not server.received:  # noqa: ASYNC110  # the server's list is the event
            await asyncio.sleep(0.002)

        if how != "cancel":
            chat.abort()
        if how != "abort":
            task.cancel()

        with pytest.raises(Closed if how == "abort" else asyncio.CancelledError):
            await task
        await asyncio.sleep(0.02)
        assert outcomes(journal) == ["ambiguous"]
        assert journal.reply(call(1).key) is None
        assert chat.snapshot()["ambiguous"] == 1
        assert chat.snapshot()["in_flight"] == 0


async def test_a_budget_in_money_stops_within_its_reservations(tmp_path: Path) -> None:
    """What is spent never passes the budget; calls that did not fit hear so when nothing is in flight."""
    price = Price(input=0.0, output=1_000_000.0)  # one dollar a token
    async with scripted(lambda _: reply(usage=(10, 5))) as server:
        endpoint = Endpoint(base_url=server.base_url, model="m", price=price, params={"max_tokens": 10})
        budget = Budget(max_cost_usd=42.0)
        async with chatting(tmp_path, endpoint, budget=budget) as (chat, _):
            results = await asyncio.gather(*(chat.complete(call(n)) for n in range(20)), return_exceptions=True)
            snapshot = chat.snapshot()

    stopped = [one for one in results if isinstance(one, BudgetExhausted)]
    assert len(stopped) == 13
    assert snapshot["cost_usd"] == budget.spent_usd == 35.0


async def test_money_without_a_price_or_a_bound_is_a_configuration_error(tmp_path: Path) -> None:
    """Nothing is sent."""
    endpoint = Endpoint(base_url="http://127.0.0.1:9/v1", model="m")
    journal = Journal.open(tmp_path)
    with pytest.raises(ConfigError, match=r"endpoints\.teacher\.price"):
        Chat({"teacher": [endpoint]}, journal, Budget(max_cost_usd=1.0))
    journal.close()

    priced = replace(endpoint, price=Price(input=1.0, output=1.0))
    async with chatting(tmp_path, priced, budget=Budget(max_cost_usd=1.0)) as (chat, _):
        with pytest.raises(ConfigError, match="max_tokens"):
            await chat.complete(call(1))


async def test_a_wrong_key_stops_every_call_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At most the calls in flight are sent; the error names the variable and hides the key; nothing is journalled as failed."""
    monkeypatch.setenv("TEST_KEY", "very-secret-key")
    async with scripted(lambda _: error(401, "wrong key very-secret-key")) as server:
        endpoint = Endpoint(base_url=server.base_url, model="m", api_key_env="TEST_KEY", concurrency=3)
        async with chatting(tmp_path, endpoint) as (chat, journal):
            results = await asyncio.gather(*(chat.complete(call(n)) for n in range(10)), return_exceptions=True)
            kept = [journal.reply(call(n).key) for n in range(10)]

    assert all(isinstance(one, EndpointDown) for one in results)
    assert "check the key in TEST_KEY" in str(results[0])
    assert "very-secret-key" not in str(results)
    assert len(server.received) <= 3
    assert server.received[0].headers["authorization"] == "Bearer very-secret-key"
    assert kept == [None] * 10


async def test_roles_on_one_server_keep_their_own_settings(tmp_path: Path) -> None:
    """A judge that does not think beside a teacher that does: one queue, each with its own body."""
    async with scripted(lambda _: reply()) as server:
        teacher = Endpoint(base_url=server.base_url, model="m", concurrency=1, extra_body={"enable_thinking": True})
        judge = replace(teacher, extra_body={"enable_thinking": False}, params={"temperature": 0.0})
        journal = Journal.open(tmp_path)
        async with Chat({"teacher": [teacher], "judge": [judge]}, journal, Budget()) as chat:
            calls = [replace(call(n), role="judge" if n % 2 else "teacher") for n in range(6)]
            await asyncio.gather(*(chat.complete(one) for one in calls))
            limits = (chat.snapshot()["limit"], chat.snapshot()["endpoints"].keys())
        journal.close()

    sent = sorted((one.body["enable_thinking"], one.body.get("temperature")) for one in server.received)
    assert sent == [(False, 0.0)] * 3 + [(True, None)] * 3
    assert limits == (1, {"teacher", "judge"})


async def test_roles_that_share_an_endpoint_share_its_slots(tmp_path: Path) -> None:
    """Teacher and judge on one local server are one queue."""
    flying = most = 0

    def script(_: Received) -> Step:
        nonlocal flying, most
        flying += 1
        most = max(most, flying)
        asyncio.get_running_loop().call_later(0.01, done)
        return replace(reply(), before_s=0.011)

    def done() -> None:
        nonlocal flying
        flying -= 1

    async with scripted(script) as server:
        endpoint = Endpoint(base_url=server.base_url, model="m", concurrency=2)
        journal = Journal.open(tmp_path)
        async with Chat({"teacher": [endpoint], "judge": [endpoint]}, journal, Budget()) as chat:
            calls = [replace(call(n), role="judge" if n % 2 else "teacher") for n in range(8)]
            await asyncio.gather(*(chat.complete(one) for one in calls))
        journal.close()

    assert most == 2


# ---------------------------------------------------------------------- offline, forecasts


async def test_offline_answers_from_the_journal_only(tmp_path: Path) -> None:
    """A miss says which call is missing."""
    async with scripted(lambda _: reply("kept")) as server:
        endpoint = Endpoint(base_url=server.base_url, model="m")
        async with chatting(tmp_path, endpoint) as (chat, journal):
            await chat.complete(call(1))

            offline = Offline({"teacher": [endpoint]}, journal)

            assert (await offline.complete(call(1))).text == "kept"
            assert offline.draw_model("teacher", lambda: Random(0)) == "m"
            with pytest.raises(ReplayMiss, match="s2"):
                await offline.complete(call(2))
            assert offline.snapshot() == {"replayed": 1, "diverged": 0}


def test_the_worst_case_of_a_call_is_known_before_it_is_sent() -> None:
    """For dry runs: None where there is no price or no bound."""
    endpoint = Endpoint(base_url="http://host/v1", model="m", price=Price(input=1.0, output=2.0), params={"max_tokens": 1_000})

    worst = worst_case([endpoint], call(text="x" * 3_000))

    assert worst.prompt_tokens == pytest.approx(1_000, rel=0.05)
    assert worst.usd == pytest.approx(0.0036, rel=0.1)
    assert worst_case([replace(endpoint, params={})], call()).usd is None
    assert worst_case([replace(endpoint, price=None)], call()).usd is None


def test_an_unknown_role_names_the_missing_key(tmp_path: Path) -> None:
    """And what there is."""
    journal = Journal.open(tmp_path)
    chat = Chat({"teacher": [Endpoint(base_url="http://host/v1", model="m")]}, journal, Budget())

    with pytest.raises(ConfigError, match=r"endpoints\.judge is missing.*teacher"):
        chat.draw_model("judge", lambda: Random(0))
    journal.close()
