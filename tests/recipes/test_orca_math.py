from __future__ import annotations

from typing import Any

import pytest

from stream_synth.errors import ChatError, ConfigError
from stream_synth.recipes.orca_math import OrcaMath
from stream_synth.recipes.shared.scripted import ScriptedAsk, try_recipe
from stream_synth.values import Completion, Rejected, Sample

ZH = {"question": "小李有24颗糖，分给4个同学，每人几颗？"}
EN = {"question": "Ben shares 24 stickers among 4 friends. How many has each?"}
LOST = ChatError("server_error", "500")
CUT = Completion("half", finish_reason="length")
SCRIPT: dict[str, Any] = {
    "create": "1. One new problem?\n2. Another new problem?",
    "round1/suggest": "Add a step.",
    "round1/edit": "The new problem: A harder one?",
    "round2/suggest": "Add one more.",
    "round2/edit": "A still harder one?",
    "solve": "The answer is 6.",
}


@pytest.mark.parametrize("fields", [ZH, EN])
async def test_new_and_harder_problems_are_solved(fields: dict[str, str]) -> None:
    """The list, then one problem a round, each made from the last; meta says how."""
    ask = ScriptedAsk(SCRIPT)

    rows = await try_recipe(OrcaMath(problems=2), fields, ask)

    assert all(isinstance(row, Sample) for row in rows)
    samples = [row for row in rows if isinstance(row, Sample)]
    assert [row.prompt for row in samples] == ["One new problem?", "Another new problem?", "A harder one?", "A still harder one?"]
    assert [(row.meta["via"], row.meta.get("round")) for row in samples][1:3] == [("ask_anything", None), ("suggest_edit", 1)]
    assert samples[3].meta["suggestions"] == "Add one more."
    assert {row.meta["original_question"] for row in samples} == {fields["question"]}
    assert {row.response for row in samples} == {"The answer is 6."}
    sent = {step: request.messages[-1]["content"] for step, *_, request in ask.asked}
    assert "A harder one?" in sent["round2/suggest"]
    assert set(samples[3].meta) <= set(OrcaMath.card.meta_keys)


async def test_the_list_is_paid_for_once() -> None:
    """By its first problem."""
    script = {**SCRIPT, "create": Completion(SCRIPT["create"], cost_usd=1.0)}

    rows = await try_recipe(OrcaMath(problems=2, rounds=0), EN, script)

    assert [row.cost_usd for row in rows if isinstance(row, Sample)] == [1.0, 0.0]


@pytest.mark.parametrize(
    ("step", "reply", "reason"),
    [
        ("create", CUT, "create/truncated"),
        ("create", LOST, "create/call_failed"),
        ("create", "Sure.", "create/unreadable"),
        ("create", "INVALID", "create/invalid"),
        ("create", f"1. {EN['question'].upper()}", "create/copied"),
        ("create", f"1. {'Same?'}\n2. {'same? '}", "create/copied"),
        ("round1/suggest", " ", "suggest/empty"),
        ("round2/suggest", LOST, "suggest/call_failed"),
        ("round1/edit", "<think>never closed", "edit/tag_damage"),
        ("round2/edit", LOST, "edit/call_failed"),
        ("round1/edit", "INVALID", "edit/invalid"),
        ("round1/edit", EN["question"], "edit/copied"),
        ("solve", "6" * 1801, "solve/too_long"),
        ("solve", CUT, "solve/truncated"),
        ("solve", LOST, "solve/call_failed"),
    ],
)
async def test_each_step_can_fail(step: str, reply: Any, reason: str) -> None:
    """What fails ends its branch; the other branch goes on."""
    rows = await try_recipe(OrcaMath(problems=2), EN, {**SCRIPT, step: reply})

    reasons = [f"{row.step}/{row.reason}" for row in rows if isinstance(row, Rejected)]
    assert set(reasons) == {reason}
    assert reason in OrcaMath.card.rejects
    assert step == "solve" or any(isinstance(row, Sample) for row in rows)


PAIRS: dict[str, Any] = {"create": "1. One new problem?", "solve": "The answer is 6."}
STUDENT = "problem0/student"


def paying(text: str, price: float, **more: Any) -> Completion:
    """A reply with a price."""
    return Completion(text, cost_usd=price, **more)


@pytest.mark.parametrize("fields", [ZH, EN])
async def test_a_right_answer_is_chosen_before_a_wrong_one(fields: dict[str, str]) -> None:
    """Students are asked what the row asks; the rule tells numbers apart, without a judge; the pair is charged with all of them."""
    solution = paying("每人6颗。答案是6。" if fields is ZH else "The answer is 6.", 1.0, model="t")
    answers = [paying(f"{one}, so \\boxed{{{one}}}", 0.25, model=f"s{one}") for one in (5, 6, 7, 6)]
    ask = ScriptedAsk({"create": "1. One new problem?", "solve": solution, STUDENT: answers})

    (row,) = await try_recipe(OrcaMath(problems=1, rounds=0, students=4, judge=True), fields, ask)

    assert isinstance(row, Sample)
    assert (row.chosen, row.rejected) == ("6, so \\boxed{6}", "5, so \\boxed{5}")
    assert row.messages == ({"role": "user", "content": "One new problem?"}, {"role": "assistant", "content": row.chosen})
    assert {role for step, _, role, request in ask.asked if step == STUDENT and request.messages == row.messages[:1]} == {"student"}
    told = ("students_right", "students_wrong", "chosen_from", "chosen_model", "rejected_model", "rejected_by")
    assert [row.meta[key] for key in told] == [2, 2, "student", "s6", "s5", "rule"]
    assert row.meta["teacher_solution"] == solution.text
    assert (row.model, row.cost_usd) == ("s6", 2.0)
    assert set(row.meta) <= set(OrcaMath.card.meta_keys)


async def test_where_no_student_is_right_the_teacher_is_chosen() -> None:
    """Nor does a student that was cut short count as wrong: it is a row of its own."""
    rows = await try_recipe(OrcaMath(problems=1, rounds=0, students=2), EN, {**PAIRS, STUDENT: [CUT, "The answer is 5."]})

    cut, pair = rows
    assert isinstance(cut, Rejected)
    assert (cut.step, cut.reason, cut.sample.slot) == ("student", "truncated", "create/0/student/0")
    assert isinstance(pair, Sample)
    assert (pair.chosen, pair.rejected, pair.meta["chosen_from"]) == ("The answer is 6.", "The answer is 5.", "teacher")


@pytest.mark.parametrize(
    ("solution", "answer"), [("On a Monday.", "It was a Tuesday."), ("The answer is 6.", "One more than 4 is what each has.")]
)
async def test_the_judge_decides_where_no_number_is_stated(solution: str, answer: str) -> None:
    """By teacher or student; without a judge nobody does."""
    script = {**PAIRS, "solve": solution, STUDENT: answer, "problem0/judge": '{"analysis": "no", "correctness": "incorrect"}'}

    (row,) = await try_recipe(OrcaMath(problems=1, rounds=0, students=1, judge=True), EN, script)
    undecided, none = await try_recipe(OrcaMath(problems=1, rounds=0, students=1), EN, script)

    assert isinstance(row, Sample)
    assert (row.chosen, row.rejected, row.meta["rejected_by"]) == (solution, answer, "judge")
    assert row.meta["rejected_because"]["analysis"] == "no"
    assert isinstance(undecided, Rejected)
    assert isinstance(none, Rejected)
    assert [f"{one.step}/{one.reason}" for one in (undecided, none)] == ["match/undecided", "pair/none_wrong"]


@pytest.mark.parametrize(
    ("replies", "reason"),
    [
        ({STUDENT: LOST}, "student/call_failed"),
        ({STUDENT: CUT}, "student/truncated"),
        ({STUDENT: "The answer is 6."}, "pair/none_wrong"),
        ({STUDENT: "I see.", "problem0/judge": "maybe"}, "judge/unreadable_verdict"),
        ({STUDENT: "I see.", "problem0/judge": LOST}, "judge/call_failed"),
    ],
)
async def test_a_pair_can_fail(replies: dict[str, Any], reason: str) -> None:
    """For reasons that are on the card."""
    rows = await try_recipe(OrcaMath(problems=1, rounds=0, students=1, judge=True), EN, {**PAIRS, **replies})

    reasons = [f"{row.step}/{row.reason}" for row in rows if isinstance(row, Rejected)]
    assert reasons[0] == reason
    assert set(reasons[1:]) <= {"pair/none_wrong"}
    assert set(reasons) <= set(OrcaMath.card.rejects)
    assert len(reasons) == len(rows)


def test_a_judge_without_students_is_a_configuration_error() -> None:
    """It would have nothing to judge."""
    with pytest.raises(ConfigError, match="students is 0"):
        OrcaMath(judge=True)


def test_asking_for_nothing_is_a_configuration_error() -> None:
    """Named at once."""
    with pytest.raises(ConfigError, match="problems is 0"):
        OrcaMath(problems=0, rounds=0)


async def test_seed_without_a_question_costs_no_call() -> None:
    """Rejected at step `seed`."""
    (row,) = await try_recipe(OrcaMath(), {"question": " "}, {})

    assert isinstance(row, Rejected)
    assert (row.step, row.reason) == ("seed", "no_question")


async def test_your_check_is_of_the_teachers_solution_before_students_are_asked() -> None:
    """A solution that the check rejects costs no student's answer; the pair of one that passes is not checked again."""
    ask = ScriptedAsk({"create": "1. How many eggs are in two dozen?", "solve": "Two dozen are 24 eggs in all. The answer is 24."})
    method = OrcaMath(problems=1, rounds=0, students=2, verify={"call": "tests.recipes.checks:is_short"})

    (row,) = await try_recipe(method, {"question": "How many eggs are in a dozen?"}, ask)

    assert isinstance(row, Rejected)
    assert (row.step, row.reason) == ("verify", "too_long")
    assert [role for _, _, role, _ in ask.asked] == ["teacher", "teacher"]
