from __future__ import annotations

import asyncio

import pytest

from stream_synth.errors import ChatError, Closed
from stream_synth.recipes.shared.blocks import against_gold, all_of, at_most, together
from stream_synth.recipes.shared.replies import plus, unpaid
from stream_synth.recipes.shared.scripted import ScriptedAsk, ScriptedTools
from stream_synth.values import Rejected, Request, Sample


async def test_neighbours_of_a_failure_finish() -> None:
    """A failed call is a value among the others, in order."""
    failed = ChatError("server_error", "500")
    finished = []

    async def slow(number: int) -> int:
        await asyncio.sleep(0)
        finished.append(number)
        return number

    async def fails() -> int:
        raise failed

    results = await together([slow(1), fails(), slow(2)])

    assert results == [1, failed, 2]
    assert finished == [1, 2]


async def test_failed_calls_are_left_out_unless_all_failed() -> None:
    """`all_of` gives what there is; the first error when there is nothing."""
    first, second = ChatError("server_error", "500"), ChatError("timeout", "late")

    async def made(outcome: int | ChatError) -> int:
        if isinstance(outcome, ChatError):
            raise outcome
        return outcome

    results = await all_of([made(one) for one in (1, first, 2)])

    assert results == [1, 2]
    assert await all_of([]) == []
    with pytest.raises(ChatError, match="500"):
        await all_of([made(one) for one in (first, second)])


def test_good_rows_beyond_the_first_few_are_rejected_in_their_places() -> None:
    """Rejected ones do not count, and stay as they are."""
    rows = [Sample("q", "答", slot=str(number)) for number in range(3)]
    candidates: list[Sample | Rejected] = [Rejected(rows[0], "answer", "wrong_answer"), rows[1], rows[2]]

    kept = at_most(1, candidates)

    assert kept == [*candidates[:2], Rejected(rows[2], "keep", "over_keep", evidence={"keep": 1})]
    assert at_most(None, candidates) == candidates


def test_what_one_row_cost_can_be_charged_to_another() -> None:
    """Tokens and cost are added up, or taken off; nothing else changes."""
    row = Sample("q", "a", prompt_tokens=1, reasoning_tokens=2, answer_tokens=3, cost_usd=0.5, lang="en")

    both = plus(row, row)

    assert (both.prompt_tokens, both.reasoning_tokens, both.answer_tokens, both.cost_usd) == (2, 4, 6, 1.0)
    assert plus(unpaid(row), row) == row
    assert unpaid(row) == Sample("q", "a", lang="en")


async def test_a_closed_run_passes_through() -> None:
    """`Closed` is no row's fault: it leaves the seed open."""

    async def closed() -> int:
        raise Closed

    with pytest.raises(Closed):
        await together([closed()])


async def test_scripted_ask_keeps_the_rules_of_a_run() -> None:
    """A path is asked once, an unknown step is named, and chance repeats."""
    ask = ScriptedAsk({"a": lambda request, sample: f"{len(request.messages)}/{sample}"})

    assert (await ask("a", Request(), sample=3)).text == "0/3"
    with pytest.raises(ValueError, match="twice"):
        await ask("a", Request(), sample=3)
    with pytest.raises(KeyError, match="it has a"):
        await ask("b", Request())
    assert ScriptedTools("x").rng("s", 1).random() == ScriptedTools("x").rng("s", 1).random()


async def test_journalled_value_is_made_once() -> None:
    """The second time it comes from the notes."""
    tools, made = ScriptedTools(), []

    async def make() -> int:
        made.append(1)
        return len(made)

    assert [await tools.journalled("v", make), await tools.journalled("v", make)] == [1, 1]


@pytest.mark.parametrize("gold", ["19", "十九"])
def test_a_last_number_counts_where_the_gold_is_a_number(gold: str) -> None:
    """Chinese numerals are numbers; a guess is nobody's word."""
    guess = Sample("q", "24 - 5, which makes 19 jars")

    assert isinstance(against_gold(guess, [gold]), Sample)
    assert not isinstance(against_gold(guess, ["yes"]), Sample)
