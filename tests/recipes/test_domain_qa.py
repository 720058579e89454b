from __future__ import annotations

from typing import Any

import pytest

from stream_synth.errors import ChatError, ConfigError
from stream_synth.recipes.domain_qa import DomainQA
from stream_synth.recipes.shared.scripted import ScriptedAsk, try_recipe
from stream_synth.values import Completion, Rejected, Sample

CELL = {"domain": "law", "subdomain": "tenancy", "type": "which deadline applies", "asker": "a tenant", "lang": "en"}
DOCUMENT = {"text": "The tenant pays the rent by the third working day of the month. A deposit is due with the first rent."}
ZH = {"domain": "法律", "text": "承租人应当在每月五日前支付租金，押金与第一笔租金一起支付。"}
LOST = ChatError("server_error", "500")
CUT = Completion("half of it", finish_reason="length")
QUOTING = 'By "the third working day of the month".'


def script(**steps: Any) -> dict[str, Any]:
    """Two turns, all in favour of the row where nothing else is said."""
    replies = {
        "turn1/question": "When is the rent due?",
        "turn1/answer": "On the third.",
        "turn2/question": "And if that is a Sunday?",
        "turn2/answer": "Then on the Monday.",
        "turn2/alone": "INVALID",
        "turn2/same": "Verdict: different",
    }
    return replies | {name.replace("_", "/"): reply for name, reply in steps.items()}


def fates(rows: list[Sample | Rejected]) -> list[str]:
    """Why each candidate was rejected, "" where it was not."""
    return [f"{row.step}/{row.reason}" if isinstance(row, Rejected) else "" for row in rows]


async def test_a_cell_becomes_a_question_and_its_answer() -> None:
    """The asker's words are the prompt; the cell is on the row."""
    ask = ScriptedAsk(script())

    (row,) = await try_recipe(DomainQA(), CELL, ask)

    assert isinstance(row, Sample)
    assert (row.prompt, row.response, row.meta["turns"]) == ("When is the rent due?", "On the third.", 1)
    assert all(value in ask.asked[0][3].messages[0]["content"] for name, value in CELL.items() if name != "lang")
    assert {row.meta[name] for name in ("domain", "subdomain", "type", "asker")} < set(CELL.values())
    assert "INVALID" in ask.asked[1][3].messages[-1]["content"]
    assert "INVALID" not in str(row.messages)
    assert set(row.meta) <= set(DomainQA.card.meta_keys)


@pytest.mark.parametrize(
    ("seed", "answer", "span"),
    [(DOCUMENT, QUOTING, "the third working day of the month"), (ZH, "应“在每月五日前支付租金”。", "在每月五日前支付租金")],
)
async def test_an_answer_from_a_document_quotes_it(seed: dict[str, str], answer: str, span: str) -> None:
    """The document stands before the first question, in the row as well."""
    ask = ScriptedAsk(script(turn1_answer=answer))

    (row,) = await try_recipe(DomainQA(), seed, ask)

    assert isinstance(row, Sample)
    assert row.meta["quotes"] == [span]
    assert seed["text"] in row.messages[0]["content"]
    assert seed["text"] in ask.asked[0][3].messages[0]["content"]


async def test_follow_ups_lean_on_the_dialogue() -> None:
    """The user sees the dialogue, roles alternate, one row holds it all; it was asked alone once, and judged where that gave an answer."""
    ask = ScriptedAsk(script(turn2_alone="Sundays are free."))

    (row,) = await try_recipe(DomainQA(turns=2, system="Be brief."), CELL, ask)
    (unanswerable,) = await try_recipe(DomainQA(turns=2), CELL, script(turn2_same=LOST))

    prompts = {step: request.messages for step, _, _, request in ask.asked}
    assert isinstance(row, Sample)
    assert isinstance(unanswerable, Sample)
    assert [turn["role"] for turn in row.messages] == ["system", "user", "assistant", "user", "assistant"]
    assert (row.prompt, row.response) == ("When is the rent due?\n\nAnd if that is a Sunday?", "Then on the Monday.")
    assert "On the third." in prompts["turn2/question"][0]["content"]
    assert len(prompts["turn2/alone"]) == 1
    assert [role for step, _, role, _ in ask.asked if step == "turn2/same"] == ["judge"]


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ({"turn1_question": CUT}, "question/truncated"),
        ({"turn1_question": LOST}, "question/call_failed"),
        ({"turn1_question": "INVALID"}, "question/invalid"),
        ({"turn1_answer": ""}, "answer/empty"),
        ({"turn1_answer": LOST}, "answer/call_failed"),
        ({"turn1_answer": "<think>never closed"}, "answer/tag_damage"),
        ({"turn1_answer": "INVALID"}, "answer/invalid"),
        ({"turn2_question": Completion("", refusal="no")}, "question/refused"),
        ({"turn2_answer": CUT}, "answer/truncated"),
        ({"turn2_alone": CUT}, "alone/truncated"),
        ({"turn2_alone": LOST}, "alone/call_failed"),
        ({"turn2_alone": "On the Monday.", "turn2_same": "Verdict: same"}, "follow_up/answerable_alone"),
        ({"turn2_alone": "On the Monday.", "turn2_same": "Hard to say."}, "same/unreadable_verdict"),
        ({"turn2_alone": "On the Monday.", "turn2_same": LOST}, "same/call_failed"),
    ],
)
async def test_turns_that_go(steps: dict[str, Any], expected: str) -> None:
    """Too short a dialogue goes with them."""
    rows = await try_recipe(DomainQA(turns="2"), CELL, script(**steps))

    assert fates(rows) == [expected]
    assert expected in DomainQA.card.rejects


@pytest.mark.parametrize(
    ("answer", "expected"),
    [("On the third.", "answer/no_quote"), ('By "the fifth working day of the month".', "answer/quote_not_found"), (QUOTING, "")],
)
async def test_quotations_are_looked_up(answer: str, expected: str) -> None:
    """An answer without any, or with one that is not there, is rejected."""
    assert fates(await try_recipe(DomainQA(), DOCUMENT, script(turn1_answer=answer))) == [expected]


async def test_what_was_said_before_a_failed_turn_stays() -> None:
    """If it is long enough; both are charged with what they cost."""
    costly = {step: Completion(str(reply), cost_usd=1.0) for step, reply in script().items()}
    third = {f"turn3/{step}": Completion("INVALID", cost_usd=0.5) for step in ("question",)}

    for number in range(20):
        rows = await try_recipe(DomainQA(turns="2-3"), CELL, costly | third, seed_id=f"s{number}")
        if len(rows) == 2:
            break

    kept, failed = rows
    assert isinstance(kept, Sample)
    assert isinstance(failed, Rejected)
    assert (kept.meta["turns"], kept.cost_usd) == (2, 5.0)
    assert (failed.step, failed.sample.cost_usd, failed.sample.slot) == ("question", 0.5, "0/3")


async def test_unfit_seeds_and_options() -> None:
    """Without domain and document no call is made; your own check is the last; a range has a beginning."""
    (empty,) = await try_recipe(DomainQA(), {"asker": "a tenant"}, {})
    (long,) = await try_recipe(DomainQA(verify={"call": "tests.recipes.checks:is_short"}), CELL, script(turn1_answer="word " * 9))

    assert fates([empty, long]) == ["seed/no_domain", "verify/too_long"]
    for turns in (0, "6-2", "many", "2-"):
        with pytest.raises(ConfigError, match="turns is"):
            DomainQA(turns=turns)
