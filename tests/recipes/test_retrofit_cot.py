from __future__ import annotations

from typing import Any

import pytest

from stream_synth.errors import ChatError
from stream_synth.recipes.retrofit_cot import RetrofitCot
from stream_synth.recipes.shared.scripted import ScriptedAsk, try_recipe
from stream_synth.values import Completion, Rejected, Sample, Usage

ZH = {"question": "铃铛挂在哪里？", "answer": "校门口", "context": "村长把铃铛挂在了校门口。"}
EN = {"question": "Where did the kite come down?", "answer": ["the garden", "a garden"], "context": "The kite came down in the garden."}
THOUGHT = {
    "zh": "问的是铃铛最后在什么地方。资料里说村长把它挂了起来，那一句也说了挂在哪里，没有别的说法，所以可以定下来。",
    "en": "The question is where it ended up. The passage says where the kite came down, in its only line; nothing else contradicts it.",
}


def parts(lang: str, end: str, thought: str = "") -> str:
    form = "思考：\n{}\n结论：{}" if lang == "zh" else "Thinking:\n{}\nConclusion: {}"
    return form.format(thought or THOUGHT[lang], end)


@pytest.mark.parametrize(("fields", "lang", "end", "taught"), [(ZH, "zh", "校门口。", "校门口"), (EN, "en", "A garden", "the garden")])
async def test_thinking_that_arrives_is_a_row(fields: dict[str, Any], lang: str, end: str, taught: str) -> None:
    """The teacher sees passage and answer; the row holds the passage, the question, the thinking and the first wording."""
    ask = ScriptedAsk({"think": Completion(parts(lang, end), "my own thoughts", usage=Usage(9, 8))})

    (row,) = await try_recipe(RetrofitCot(), fields, ask)

    assert isinstance(row, Sample)
    assert (row.response, row.reasoning, row.lang) == (taught, THOUGHT[lang], lang)
    assert [turn["role"] for turn in row.messages] == ["user", "assistant"]
    assert fields["context"] in row.prompt
    assert taught in ask.asked[0][3].messages[0]["content"]
    assert "own thoughts" not in row.reasoning
    assert set(row.meta) <= set(RetrofitCot.card.meta_keys)


async def test_earlier_turns_stay_a_dialogue() -> None:
    """They are told to the teacher and taught as turns."""
    turns = [{"role": "user", "content": "谁挂的？"}, {"role": "assistant", "content": "村长"}, {"role": "user", "content": "挂在哪里？"}]
    ask = ScriptedAsk({"think": parts("zh", "校门口")})

    (row,) = await try_recipe(RetrofitCot(), {"messages": turns, "answer": "校门口", "context": ZH["context"]}, ask)

    assert isinstance(row, Sample)
    assert [turn["role"] for turn in row.messages] == ["user", "assistant", "user", "assistant"]
    assert "助手：村长" in ask.asked[0][3].messages[0]["content"]


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Completion("half", finish_reason="length"), "truncated"),
        (Completion("", finish_reason="content_filter"), "refused"),
        (" ", "empty"),
        ("<think>never closed", "tag_damage"),
        ("INVALID", "invalid"),
        (THOUGHT["zh"], "no_conclusion"),
        (parts("zh", "井边"), "other_conclusion"),
        (parts("zh", "校门口", "资料里写了。"), "too_short"),
        (parts("zh", "校门口", THOUGHT["zh"] + "这与给出的答案一致。"), "leak"),
    ],
)
async def test_what_is_no_thinking_of_its_own_is_rejected(reply: Any, reason: str) -> None:
    """With its reason, and what was paid."""
    (row,) = await try_recipe(RetrofitCot(), ZH, {"think": reply})

    assert isinstance(row, Rejected)
    assert (row.step, row.reason) == ("think", reason)
    assert f"think/{reason}" in RetrofitCot.card.rejects


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("说得都对。\n结论：有据", None),
        ("有一句没有。\n结论：无据", "ungrounded"),
        ("不好说。", "unreadable_verdict"),
        (ChatError("server_error", "500"), "call_failed"),
    ],
)
async def test_a_judge_looks_for_facts_from_outside(said: Any, reason: str | None) -> None:
    """Only where it is asked for; its reasons are kept."""
    (row,) = await try_recipe(RetrofitCot(judge=True), ZH, {"think": parts("zh", "校门口"), "judge": said})

    assert isinstance(row, Sample) if reason is None else isinstance(row, Rejected)
    if isinstance(row, Rejected):
        assert (row.step, row.reason) == ("judge", reason)
    else:
        assert row.meta["judge"] == "scripted"


@pytest.mark.parametrize(("fields", "reason"), [({"question": " "}, "no_question"), ({"question": "Who?"}, "no_answer")])
async def test_seed_without_question_or_answer_costs_no_call(fields: dict[str, str], reason: str) -> None:
    """Rejected at step `seed`."""
    (row,) = await try_recipe(RetrofitCot(), fields, {})

    assert isinstance(row, Rejected)
    assert (row.step, row.reason) == ("seed", reason)
