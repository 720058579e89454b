from __future__ import annotations

from typing import Any

import pytest

from stream_synth.errors import ChatError, ConfigError
from stream_synth.recipes.reasoning import Reasoning
from stream_synth.recipes.shared.judge import read_opinion
from stream_synth.recipes.shared.scripted import ScriptedAsk, try_recipe
from stream_synth.values import Completion, Rejected, Sample, Usage

OPEN = {"question": "怎样保持健康？", "answer": "坚持锻炼身体，保证充足的睡眠，每天吃新鲜的蔬菜和水果，少喝酒。"}
ANSWER = "多运动，多喝水，少熬夜。"


async def test_judge_decides_where_no_rule_can() -> None:
    """Role `judge` sees question, reference and answer; its verdict, its model and its price are on the row."""
    verdict = Completion('{"analysis": "意思一致", "correctness": "correct"}', usage=Usage(50, 10), model="j", cost_usd=1.0)
    ask = ScriptedAsk({"solve": Completion(ANSWER, model="t", cost_usd=2.0), "judge": verdict})

    (row,) = await try_recipe(Reasoning(judge=True), OPEN, ask)

    step, sample, role, request = ask.asked[-1]
    assert (step, sample, role) == ("judge", 0, "judge")
    assert all(text in request.messages[0]["content"] for text in (OPEN["question"], OPEN["answer"], ANSWER))
    assert isinstance(row, Sample)
    assert (row.meta["verified"], row.meta["judge"], row.meta["analysis"]) == ("judge", "j", "意思一致")
    assert (row.model, row.cost_usd) == ("t", 3.0)


async def test_rule_goes_before_the_judge() -> None:
    """With a gold answer that can be compared no judge is asked."""
    ask = ScriptedAsk({"solve": "答案是8。"})

    (row,) = await try_recipe(Reasoning(judge=True), {"question": "3+5等于几？", "answer": "8"}, ask)

    assert isinstance(row, Sample)
    assert len(ask.asked) == 1


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ('{"analysis": "不对", "correctness": "incorrect"}', "judged_wrong"),
        ("looks fine to me", "unreadable_verdict"),
        ('{"correctness": "maybe"}', "unreadable_verdict"),
        ('{"correctness": "correct"} or {"correctness": "incorrect"}', "unreadable_verdict"),
        (Completion('{"correctness": "correct"}', finish_reason="length"), "unreadable_verdict"),
        ("", "unreadable_verdict"),
        (ChatError("server_error", "500"), "call_failed"),
    ],
)
async def test_verdicts_against_the_row(said: Any, reason: str) -> None:
    """Wrong, unreadable and unreachable are three reasons; none of them is a pass."""
    (row,) = await try_recipe(Reasoning(judge=True), OPEN, {"solve": ANSWER, "judge": said})

    assert isinstance(row, Rejected)
    assert (row.step, row.reason) == ("judge", reason)


async def test_each_sample_is_judged_for_itself() -> None:
    """A judge's failure costs one of three."""
    good, bad = '{"correctness": "correct"}', '{"correctness": "incorrect"}'

    rows = await try_recipe(Reasoning(judge=True, samples=3), OPEN, {"solve": ANSWER, "judge": [good, bad, good]})

    assert [isinstance(row, Sample) for row in rows] == [True, False, True]


async def test_english_question_gets_an_english_judge() -> None:
    """Without a reference the judge is told to work it out alone."""
    ask = ScriptedAsk({"solve": "It is because of the scattering of light.", "judge": '{"correctness": "correct"}'})

    await try_recipe(Reasoning(judge=True), {"question": "Why is the sky blue?"}, ask)

    assert "There is no reference answer" in ask.asked[-1][3].messages[0]["content"]


def test_verdict_survives_broken_json() -> None:
    """LaTeX backslashes break the JSON around a verdict that is plain to read; thinking before it does not count."""
    opinion = read_opinion(Completion('<think>"correctness": "incorrect"?</think>{"analysis": "\\frac{1}{2}", "correctness": "Correct"}'))

    assert opinion is not None
    assert opinion.correct
    assert "frac" in opinion.analysis


SUM = {"question": "3+5等于几？", "answer": "8"}


@pytest.mark.parametrize(("solution", "rule"), [("三个再加五个，一共八个。", "no_answer"), ("一共八个，比7个多。", "wrong_answer")])
async def test_a_format_miss_is_rescued_by_the_judge(solution: str, rule: str) -> None:
    """Where the rule finds no stated answer; meta says what the rule had said, and holds no guess of it."""
    ask = ScriptedAsk({"solve": solution, "judge": '{"analysis": "八个，对。", "correctness": "correct"}'})

    (row,) = await try_recipe(Reasoning(judge=True, rescue=True), SUM, ask)
    (lost,) = await try_recipe(Reasoning(judge=True), SUM, {"solve": solution})

    assert isinstance(row, Sample)
    assert (row.meta["verified"], row.meta["rescued"], row.meta["gold"]) == ("judge", rule, "8")
    assert "got" not in row.meta
    assert set(row.meta) <= set(Reasoning.card.meta_keys)
    assert SUM["answer"] in ask.asked[-1][3].messages[0]["content"]
    assert isinstance(lost, Rejected)
    assert (lost.step, lost.reason) == ("answer", rule)


async def test_a_stated_wrong_answer_is_not_rescued() -> None:
    """The rule could tell."""
    (row,) = await try_recipe(Reasoning(judge=True, rescue=True), SUM, {"solve": "答案是9。"})

    assert isinstance(row, Rejected)
    assert (row.step, row.reason) == ("answer", "wrong_answer")


async def test_a_miscalculated_solution_is_not_rescued() -> None:
    """With `calculator` no judge is paid for what arithmetic has refuted."""
    (row,) = await try_recipe(Reasoning(judge=True, rescue=True, calculator=True), SUM, {"solve": "我们有 3 + 5 = 9，请您自己看看。"})

    assert isinstance(row, Rejected)
    assert row.step == "answer"


async def test_what_the_judge_finds_wrong_stays_rejected() -> None:
    """With the judge's reasons."""
    script = {"solve": "请您自己数一数。", "judge": '{"analysis": "没有答案。", "correctness": "incorrect"}'}

    (row,) = await try_recipe(Reasoning(judge=True, rescue=True), SUM, script)

    assert isinstance(row, Rejected)
    assert (row.step, row.reason, row.evidence["expected"]) == ("judge", "judged_wrong", "8")


def test_rescue_needs_the_judge() -> None:
    """Said at once."""
    with pytest.raises(ConfigError, match="judge: true"):
        Reasoning(rescue=True)
