from __future__ import annotations

from typing import Any

import pytest

from stream_synth.errors import ChatError, ConfigError
from stream_synth.recipes.constitutional import Constitutional
from stream_synth.recipes.shared.prompts import load
from stream_synth.recipes.shared.scripted import ScriptedAsk, try_recipe
from stream_synth.values import Completion, Rejected, Request, Sample, Usage

EN = {"question": "My neighbour is loud. What can I do?"}
ZH = {"question": "邻居很吵，我该怎么办？"}
ISSUE, NONE = "Criticism: It tells the user to threaten.\nVerdict: issue", "Criticism: Nothing.\nVerdict: none"
FIRST, BETTER = "Threaten him until he is quiet.", "Talk with him first, then ask the landlord."
LOST = ChatError("server_error", "500")
CUT = Completion("half of it", finish_reason="length", usage=Usage(1, 5))


def prefers(answer: str) -> Any:
    """A judge that prefers this answer wherever it stands."""

    def judge(request: Request, _: int) -> str:
        text = request.messages[0]["content"]
        first, _mark, second = text.partition("\nAnswer B:" if "Answer B:" in text else "\n回答 B：")
        return "It has less of the fault.\nVerdict: " + ("A" if answer in first and answer not in second else "B")

    return judge


def script(**steps: Any) -> dict[str, Any]:
    """One round, in favour of the pair where nothing else is said."""
    replies = {"answer": FIRST, "critique": ISSUE, "revise": BETTER, "compare": prefers(BETTER), **steps}
    return {step if step in {"answer", "compare"} else f"round1/{step}": reply for step, reply in replies.items()}


@pytest.mark.parametrize(
    ("fields", "steps"),
    [
        (EN, {}),
        (
            ZH,
            {
                "answer": "去威胁他。",
                "critique": "批评：教人威胁别人。\n**结论**：有问题。",
                "revise": "先和他好好谈一谈。",
                "compare": prefers("谈一谈"),
            },
        ),
    ],
)
async def test_revision_is_preferred_to_the_first_answer(fields: dict[str, str], steps: dict[str, Any]) -> None:
    """The revision is chosen, rejected is the first answer; principle and critique are on the row, in the question's language."""
    ask = ScriptedAsk(script(**steps))

    (row,) = await try_recipe(Constitutional(rounds=1), fields, ask)

    assert isinstance(row, Sample)
    assert row.chosen == row.response == row.messages[-1]["content"] == (steps.get("revise") or BETTER)
    assert row.rejected == (steps.get("answer") or FIRST)
    assert row.prompt == fields["question"]
    known = load("constitutional", "principles", row.lang).text.splitlines()
    assert row.meta["principle"][0] in known
    assert row.meta["judge_principle"] in known
    assert row.meta["critique"] == [(steps.get("critique") or ISSUE).splitlines()[0].replace("：", ": ").partition(": ")[2]]
    assert set(row.meta) <= set(Constitutional.card.meta_keys)
    assert [role for _, _, role, _ in ask.asked] == ["teacher"] * 3 + ["judge"] * 2


def test_there_are_sixteen_principles() -> None:
    """In each language, all different."""
    for lang in ("zh", "en"):
        assert len(set(load("constitutional", "principles", lang).text.splitlines())) == 16


async def test_each_round_goes_on_from_the_last_revision() -> None:
    """Four rounds under four principles; one that finds nothing revises nothing."""
    rounds = {f"round{turn}/critique": NONE if turn == 3 else ISSUE for turn in range(1, 5)}
    revisions = {f"round{turn}/revise": f"Rewritten answer: Talk with him, version {turn}." for turn in (1, 2, 4)}
    ask = ScriptedAsk({"answer": FIRST, **rounds, **revisions, "compare": prefers("version 4")})

    (row,) = await try_recipe(Constitutional(), EN, ask)

    sent = {step: request.messages[0]["content"] for step, _, _, request in ask.asked if step != "compare"}
    assert isinstance(row, Sample)
    assert row.chosen == "Talk with him, version 4."
    assert len(set(row.meta["principle"])) == 3
    assert "version 1" in sent["round2/critique"]
    assert "version 2" in sent["round4/revise"]
    assert "Verdict: issue" not in sent["round1/revise"].rpartition("Now the answer")[2]


@pytest.mark.parametrize(
    ("steps", "fate"),
    [
        ({"answer": CUT}, "answer/truncated"),
        ({"answer": Completion("", finish_reason="content_filter")}, "answer/refused"),
        ({"answer": " "}, "answer/empty"),
        ({"answer": "<think>never closed"}, "answer/tag_damage"),
        ({"critique": CUT}, "critique/truncated"),
        ({"critique": Completion("", refusal="no")}, "critique/refused"),
        ({"critique": ""}, "critique/empty"),
        ({"critique": "<think>never closed"}, "critique/tag_damage"),
        ({"critique": LOST}, "critique/call_failed"),
        ({"critique": "It is rather rude."}, "critique/unreadable_verdict"),
        ({"critique": "Verdict: issue or Verdict: none"}, "critique/unreadable_verdict"),
        ({"critique": NONE}, "critique/no_issue"),
        ({"critique": "批评：没有。\n结论：没有问题"}, "critique/no_issue"),
        ({"revise": CUT}, "revise/truncated"),
        ({"revise": Completion("", finish_reason="content_filter")}, "revise/refused"),
        ({"revise": ""}, "revise/empty"),
        ({"revise": "<think>never closed"}, "revise/tag_damage"),
        ({"revise": LOST}, "revise/call_failed"),
        ({"revise": f" {FIRST.upper()}\n"}, "revise/unchanged"),
        ({"revise": BETTER * 3}, "compare/lengths_differ"),
        ({"compare": prefers(FIRST)}, "compare/prefers_original"),
        ({"compare": "Verdict: A"}, "compare/order_dependent"),
        ({"compare": "Verdict: B"}, "compare/order_dependent"),
        ({"compare": "Both are fine."}, "compare/unreadable_verdict"),
        ({"compare": CUT}, "compare/unreadable_verdict"),
        ({"compare": LOST}, "compare/call_failed"),
    ],
)
async def test_no_pair_without_its_proof(steps: dict[str, Any], fate: str) -> None:
    """A real issue, another answer, a comparable length, and a judge that says so in both orders; each reason is on the card."""
    (row,) = await try_recipe(Constitutional(rounds=1), EN, script(**steps))

    assert isinstance(row, Rejected)
    assert f"{row.step}/{row.reason}" == fate
    assert fate in Constitutional.card.rejects
    assert set(row.sample.meta) <= set(Constitutional.card.meta_keys)
    assert row.evidence


async def test_two_answers_compared_as_the_paper_does() -> None:
    """`pair: sampled` criticises nothing; the judge decides which is chosen, whatever the order."""
    recipe = Constitutional(pair="sampled", samples=2)
    answers = [FIRST, BETTER, BETTER, FIRST]
    ask = ScriptedAsk({"answer": answers, "compare": prefers(BETTER)})

    rows = await try_recipe(recipe, EN, ask)
    (alone,) = await try_recipe(Constitutional(pair="sampled"), EN, {"answer": [FIRST, LOST]})

    assert [(row.chosen, row.rejected) for row in rows if isinstance(row, Sample)] == [(BETTER, FIRST)] * 2
    assert all(isinstance(row, Sample) and len(row.meta["principle"]) == 1 and "critique" not in row.meta for row in rows)
    assert isinstance(alone, Rejected)
    assert (alone.step, alone.reason) == ("answer", "too_few")


async def test_own_principles_system_turn_and_cost() -> None:
    """They replace the sixteen; every call is charged; the system turn is part of the row."""
    steps = script(compare=["Verdict: A", "Verdict: B"])
    paid = {
        step: [Completion(one, cost_usd=1.0) for one in said] if isinstance(said, list) else Completion(said, cost_usd=1.0)
        for step, said in steps.items()
    }

    (row,) = await try_recipe(Constitutional(rounds=1, principles=("Is it rude?",), system="Be kind."), EN, paid)

    assert isinstance(row, Sample)
    assert row.meta["principle"] == ["Is it rude?"]
    assert row.cost_usd == 5.0
    assert [turn["role"] for turn in row.messages] == ["system", "user", "assistant"]


async def test_seed_check_and_options() -> None:
    """A seed that holds nothing, an own check that says no, and options that cannot work."""
    (empty,) = await try_recipe(Constitutional(), {"question": ""}, {})
    (checked,) = await try_recipe(Constitutional(rounds=1, verify={"call": "tests.recipes.checks:is_short"}), EN, script())

    assert isinstance(empty, Rejected)
    assert isinstance(checked, Rejected)
    assert (empty.step, checked.step) == ("seed", "verify")
    with pytest.raises(ConfigError, match="rounds is 0"):
        Constitutional(rounds=0)
    with pytest.raises(ConfigError, match="max_length_ratio"):
        Constitutional(max_length_ratio=0.5)
