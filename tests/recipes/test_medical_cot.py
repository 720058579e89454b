from __future__ import annotations

import json
from typing import Any

import pytest

from stream_synth.errors import ChatError, ConfigError
from stream_synth.recipes.medical_cot import MedicalCot
from stream_synth.recipes.shared.scripted import ScriptedAsk, try_recipe
from stream_synth.values import Completion, Rejected, Sample

ZH = {"question": "病人吹了风，头痛流涕，是什么？", "options": {"A": "着凉", "B": "中暑"}, "answer": "A"}
EN = {"question": "A patient stood in the wind and sneezes. What is it?", "options": ["a cold", "sunstroke"], "answer": "A"}
OPEN = {"question": "病人吹了风，头痛流涕，最可能是什么？", "answer": "着凉"}
LOST = ChatError("server_error", "500")
CUT = Completion("half", finish_reason="length")


def chain(conclusion: str) -> str:
    """A chain of actions that ends in this."""
    actions = [("Inner Thinking", "He stood in the wind."), ("Final Conclusion", conclusion), ("Verification", "It fits.")]
    return json.dumps({"chain": [{"action": name, "content": content} for name, content in actions]})


def steps(*verdicts: str, **more: Any) -> dict[str, Any]:
    """Every step of one search; a verdict for each check in turn."""
    under = "search/0"
    paths = [f"{under}/attempt1/turn{turn}" for turn in range(3)] + [f"{under}/label"]
    said: dict[str, Any] = {
        "screen": "Verdict: fit",
        "open": json.dumps(OPEN),
        **{f"{path}/{'think' if path.endswith('turn0') else 'rethink'}": chain(f"conclusion {n}") for n, path in enumerate(paths[:3])},
        f"{paths[3]}/guided": chain("a cold"),
        **{f"{path}/check": f"Verdict: {verdict}" for path, verdict in zip(paths, verdicts, strict=False)},
        f"{under}/natural": json.dumps({"monologue": "Wind.\nSo a cold."}),
        f"{under}/respond": Completion("It is a cold.", "private"),
    }
    return {**said, **{(name if name in said else f"{under}/{name}"): reply for name, reply in more.items()}}


@pytest.mark.parametrize("fields", [ZH, EN])
async def test_a_first_thought_that_is_right_is_told_as_a_monologue(fields: dict[str, Any]) -> None:
    """Open question, monologue, final answer; the judge sees conclusion and reference."""
    ask = ScriptedAsk(steps("correct"))

    (row,) = await try_recipe(MedicalCot(), fields, ask)

    assert isinstance(row, Sample)
    assert (row.prompt, row.reasoning, row.response) == (OPEN["question"], "Wind.\nSo a cold.", "It is a cold.")
    assert (row.meta["response_type"], row.meta["strategies"], row.meta["reference"]) == ("initial", [], "着凉")
    assert row.meta["original_question"].startswith(f"{fields['question']}\nA. ")
    assert [turn["content"] for turn in row.messages] == [OPEN["question"], "It is a cold."]
    judged = next(request.messages[0]["content"] for step, _, role, request in ask.asked if (role, step[-5:]) == ("judge", "check"))
    assert "conclusion 0" in judged
    assert set(row.meta) <= set(MedicalCot.card.meta_keys)


async def test_a_wrong_conclusion_is_thought_over_by_strategies() -> None:
    """Each rethink sees the chain before it; the first never goes back behind a first conclusion."""
    for number in range(12):
        ask = ScriptedAsk(steps("incorrect", "incorrect", "correct"))

        (row,) = await try_recipe(MedicalCot(), OPEN, ask, seed_id=f"s{number}")

        assert isinstance(row, Sample)
        assert row.meta["response_type"] == "rethink"
        assert len(row.meta["strategies"]) == 2
        assert row.meta["strategies"][0] != "backtracking"
        last = next(request for step, *_, request in ask.asked if step.endswith("turn2/rethink"))
        assert "conclusion 1" in last.messages[0]["content"]
        assert "着凉" not in last.messages[0]["content"].replace(OPEN["question"], "")


async def test_when_nothing_helps_the_answer_is_told_and_checked_again() -> None:
    """Tagged; and rejected when the conclusion is wrong even then."""
    ask = ScriptedAsk(steps("incorrect", "incorrect", "incorrect", "correct"))

    (right,) = await try_recipe(MedicalCot(), OPEN, ask)
    (wrong,) = await try_recipe(MedicalCot(), OPEN, steps("incorrect", "incorrect", "incorrect", "incorrect"))

    assert isinstance(right, Sample)
    assert right.meta["response_type"] == "label_guided"
    assert isinstance(wrong, Rejected)
    assert (wrong.step, wrong.reason, wrong.evidence["expected"]) == ("check", "wrong", "着凉")


async def test_an_open_question_is_neither_screened_nor_opened() -> None:
    """It is asked as it stands; a second search of a question does not pay for its opening again."""
    ask = ScriptedAsk(steps("correct"))
    two = {**steps("correct"), **{name.replace("search/0", "search/1"): said for name, said in steps("correct").items()}}
    paid = ScriptedAsk({**two, "open": Completion(json.dumps(OPEN), cost_usd=1.0)})

    (row,) = await try_recipe(MedicalCot(), OPEN, ask)
    rows = await try_recipe(MedicalCot(samples=2), ZH, paid)

    assert isinstance(row, Sample)
    assert not {"screen", "open"} & {step for step, *_ in ask.asked}
    assert [one.cost_usd for one in rows if isinstance(one, Sample)] == [1.0, 0.0]


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"screen": "Verdict: unfit"}, "screen/unfit"),
        ({"screen": "Hm."}, "screen/unreadable_verdict"),
        ({"screen": LOST}, "screen/call_failed"),
        ({"open": ["{}", '{"question": "q", "answer": "a", "more": 1}']}, "open/unreadable"),
        ({"open": CUT}, "open/truncated"),
        ({"attempt1/turn0/think": "[]"}, "think/unreadable"),
        ({"attempt1/turn0/think": CUT}, "think/truncated"),
        ({"attempt1/turn0/check": "Hm."}, "check/unreadable_verdict"),
        ({"attempt1/turn1/rethink": "{"}, "rethink/unreadable"),
        ({"attempt1/turn2/rethink": LOST}, "rethink/call_failed"),
        ({"label/guided": " "}, "guided/empty"),
        ({"natural": "plain"}, "natural/unreadable"),
        ({"natural": '{"monologue": "one line"}'}, "natural/one_line"),
        ({"natural": '{"monologue": "先想。\\n参考答案是着凉。"}'}, "natural/leak"),
        ({"respond": "<think>never closed"}, "respond/tag_damage"),
    ],
)
async def test_each_step_can_fail(said: dict[str, Any], reason: str) -> None:
    """And ends the search there."""
    (row,) = await try_recipe(MedicalCot(), ZH, steps("incorrect", "incorrect", "incorrect", "correct", **said))

    assert isinstance(row, Rejected)
    assert f"{row.step}/{row.reason}" == reason
    assert reason in MedicalCot.card.rejects


async def test_opening_has_a_second_try() -> None:
    """As in the paper's code."""
    (row,) = await try_recipe(MedicalCot(), ZH, steps("correct", open=["no JSON", json.dumps(OPEN)]))

    assert isinstance(row, Sample)


@pytest.mark.parametrize(("fields", "reason"), [({"question": " "}, "no_question"), ({"question": "Who?"}, "no_answer")])
async def test_seed_without_question_or_answer_costs_no_call(fields: dict[str, str], reason: str) -> None:
    """Rejected at step `seed`."""
    (row,) = await try_recipe(MedicalCot(), fields, {})

    assert isinstance(row, Rejected)
    assert (row.step, row.reason) == ("seed", reason)


def test_no_attempt_is_a_configuration_error() -> None:
    """Named at once."""
    with pytest.raises(ConfigError, match="attempts is 0"):
        MedicalCot(attempts=0)
