"""`refine` of the recipe `reasoning`."""

from __future__ import annotations

from typing import Any

import pytest

from stream_synth.errors import ChatError, ConfigError
from stream_synth.recipes.reasoning import Reasoning
from stream_synth.recipes.shared.scripted import ScriptedAsk, try_recipe
from stream_synth.values import Completion, Rejected, Sample

ZH = {"question": "小明有 3 个苹果，又买了 5 个，一共有几个？", "answer": "8"}
EN = {"question": "Tom has 3 clips and buys 5 more. How many has he?", "answer": "8"}
THOUGHT = {
    "zh": "先看原来有三个苹果。\n\n再加上后来买的五个，合起来就是八个，核对一遍没有错。",
    "en": "He starts with three clips.\n\nFive more are added to them, and counting on from three gives eight.",
}
ANSWER = {"zh": "三个加上五个一共是八个。答案是8。", "en": "Three and five make eight. The answer is 8."}
LOST = ChatError("server_error", "500")
CUT = Completion("half", finish_reason="length")


def steps(lang: str, **more: Any) -> dict[str, Any]:
    """A right solution whose thinking is in the other language, refined."""
    other = "en" if lang == "zh" else "zh"
    solve = Completion(ANSWER[lang], THOUGHT[other], cost_usd=1.0)
    return {"solve": solve, "refine": Completion(THOUGHT[lang], cost_usd=1.0), "summarise": Completion(ANSWER[lang], cost_usd=1.0), **more}


@pytest.mark.parametrize(("fields", "lang"), [(ZH, "zh"), (EN, "en")])
async def test_right_thinking_is_rewritten_and_answered_from(fields: dict[str, str], lang: str) -> None:
    """A trace in the wrong language is mended, not rejected; the last call sees the new thinking alone; all three are charged."""
    ask = ScriptedAsk(steps(lang))

    (row,) = await try_recipe(Reasoning(refine=True), fields, ask)

    assert isinstance(row, Sample)
    assert (row.reasoning, row.response, row.cost_usd) == (THOUGHT[lang], ANSWER[lang], 3.0)
    assert (row.meta["refined"], row.meta["verified"], row.meta["lang_think"]) == (True, "rule", 1.0)
    assert [turn["content"] for turn in row.messages] == [fields["question"], ANSWER[lang]]
    last = ask.asked[-1][3].messages[0]["content"]
    assert THOUGHT[lang] in last
    assert THOUGHT["en" if lang == "zh" else "zh"] not in last
    assert "\\boxed" in last
    assert set(row.meta) <= set(Reasoning.card.meta_keys)


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"solve": "答案是9。"}, "answer/wrong_answer"),
        ({"solve": "答案是8。"}, "refine/no_thinking"),
        ({"refine": "INVALID"}, "refine/invalid"),
        ({"refine": CUT}, "refine/truncated"),
        ({"refine": LOST}, "refine/call_failed"),
        ({"summarise": " "}, "summarise/empty"),
        ({"summarise": LOST}, "summarise/call_failed"),
        ({"summarise": "三个加五个。答案是9。"}, "answer/wrong_answer"),
        ({"refine": THOUGHT["en"]}, "language/language_mixing"),
        ({"refine": f"{THOUGHT['zh']}\n```\n3 + 5\n```"}, "format/code_block"),
        ({"refine": THOUGHT["zh"].replace("\n", "") * 40}, "format/long_paragraph"),
    ],
)
async def test_what_refining_cannot_mend_is_rejected(more: dict[str, Any], reason: str) -> None:
    """Wrong solutions are not refined; refined ones are verified again."""
    ask = ScriptedAsk(steps("zh", **more))

    (row,) = await try_recipe(Reasoning(refine=True), ZH, ask)

    assert isinstance(row, Rejected)
    assert f"{row.step}/{row.reason}" == reason
    assert reason in Reasoning.card.rejects
    assert "solve" not in more or len(ask.asked) == 1


async def test_code_may_stay_where_the_task_is_code() -> None:
    """Blocks and long paragraphs then are no fault."""
    code = f"{THOUGHT['zh']}\n```python\nprint(3 + 5)\n```"

    (row,) = await try_recipe(Reasoning(refine=True), {"question": "用Python写一个函数，求两个数的和。"}, steps("zh", refine=code))

    assert isinstance(row, Sample)


async def test_a_judge_is_asked_before_and_after() -> None:
    """Where no rule can tell, of the first solution and of the refined one."""
    says = '{"analysis": "fine", "correctness": "correct"}'
    ask = ScriptedAsk(steps("zh", judge=says, **{"refined/judge": says}))

    (row,) = await try_recipe(Reasoning(refine=True, judge=True), {"question": "怎样保持健康？"}, ask)

    assert isinstance(row, Sample)
    assert row.meta["verified"] == "judge"
    assert [step for step, *_ in ask.asked] == ["solve", "judge", "refine", "summarise", "refined/judge"]


async def test_thinking_can_be_forced_open_and_columns_carried() -> None:
    """The assistant's turn begins with <think>; neither that nor the columns change what the row teaches."""
    ask = ScriptedAsk({"solve": f"{THOUGHT['zh']}\n</think>\n{ANSWER['zh']}"})

    (row,) = await try_recipe(
        Reasoning(open_thinking=True, carry=("repo_name", "score", "none")), {**ZH, "repo_name": "own/maths", "score": 9}, ask
    )

    assert ask.asked[0][3].messages[-1] == {"role": "assistant", "content": "<think>\n"}
    assert isinstance(row, Sample)
    assert (row.reasoning, row.response) == (THOUGHT["zh"], ANSWER["zh"])
    assert row.meta["row"] == {"repo_name": "own/maths", "score": 9}
    assert [turn["role"] for turn in row.messages] == ["user", "assistant"]


def test_opening_thinking_twice_is_a_configuration_error() -> None:
    """Named at once."""
    with pytest.raises(ConfigError, match="open_thinking"):
        Reasoning(open_thinking=True, think_by="two_step")
