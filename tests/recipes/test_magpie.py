from __future__ import annotations

from typing import Any

import pytest

from stream_synth.errors import ChatError, ConfigError
from stream_synth.recipes.magpie import Magpie
from stream_synth.recipes.shared.scripted import ScriptedAsk, try_recipe
from stream_synth.values import Completion, Rejected, Sample

LOST = ChatError("server_error", "500")
CUT = Completion("half", finish_reason="length")
TAGS = '{"reason": "clear", "quality": "good", "difficulty": "easy", "category": "reasoning"}'


def script(instruction: Any = "天为什么是蓝的？", answer: Any = "因为空气散射蓝光。", tags: Any = TAGS, number: int = 0) -> dict[str, Any]:
    """The steps of one conversation."""
    return {f"talk/{number}/{step}": said for step, said in (("instruct", instruction), ("tags", tags), ("answer", answer))}


@pytest.mark.parametrize(
    ("said", "instruction", "lang"),
    [("问题：天为什么是蓝的？", "天为什么是蓝的？", "zh"), ("1. Why is the sky blue?", "Why is the sky blue?", "en")],
)
async def test_out_of_nothing_comes_a_row(said: str, instruction: str, lang: str) -> None:
    """A raw completion of the bare header, cleaned, tagged, answered greedily."""
    ask = ScriptedAsk(script(said))

    (row,) = await try_recipe(Magpie(), {}, ask)

    raw, _, answer = (request for *_, request in ask.asked)
    assert raw.prompt == "<|im_start|>user\n"
    assert raw.params["stop"] == ["\n", "<|im_end|>", "<|im_start|>", "<|endoftext|>"]
    assert (raw.params["temperature"], raw.params["top_p"], answer.params["temperature"]) == (1.0, 1.0, 0.0)
    assert [role for _, _, role, _ in ask.asked] == ["teacher", "judge", "teacher"]
    assert isinstance(row, Sample)
    assert (row.prompt, row.lang, row.meta["quality"], row.meta["category"]) == (instruction, lang, "good", "reasoning")
    assert [turn["role"] for turn in row.messages] == ["user", "assistant"]
    assert set(row.meta) <= set(Magpie.card.meta_keys)


async def test_a_language_and_a_domain_are_steered_by_a_system_turn() -> None:
    """Which is not part of the row; a seed's own comes first."""
    ask, own = ScriptedAsk(script("1加1等于几？")), ScriptedAsk(script())

    (row,) = await try_recipe(Magpie(lang="zh"), {"domain": "maths"}, ask)
    await try_recipe(Magpie(chat_format="qwen2.5"), {"system": "只谈天气。"}, own)

    assert "数学助手" in (ask.asked[0][3].prompt or "")
    assert isinstance(row, Sample)
    assert (row.meta["domain"], row.messages[0]["role"]) == ("maths", "user")
    assert "只谈天气" in (own.asked[0][3].prompt or "")


async def test_a_conversation_goes_on_in_the_same_format() -> None:
    """The history stands before the open turn, under a system turn for dialogues; tags are asked once."""
    steps = {**script(lambda _, turn: ["天为什么蓝？", "那晚霞呢？"][turn], lambda _, turn: ["因为散射。", "也因为散射。"][turn])}
    ask = ScriptedAsk(steps)

    (row,) = await try_recipe(Magpie(turns=2), {}, ask)

    prompts = [request.prompt for *_, request in ask.asked if request.prompt]
    assert "长谈" in prompts[1]
    assert prompts[1].endswith("user\n天为什么蓝？<|im_end|>\n<|im_start|>assistant\n因为散射。<|im_end|>\n<|im_start|>user\n")
    assert isinstance(row, Sample)
    assert [turn["content"] for turn in row.messages] == ["天为什么蓝？", "因为散射。", "那晚霞呢？", "也因为散射。"]
    assert (row.prompt, row.response) == ("天为什么蓝？\n\n那晚霞呢？", "也因为散射。")
    assert len(ask.asked) == 5


async def test_several_answers_make_a_pair() -> None:
    """The best against the worst; a broken one is a row of its own."""
    steps = {**script(), "talk/0/rivals": ["空气散射蓝光。", "大海的颜色映上去。", CUT], "talk/0/judge": judged}

    broken, pair = await try_recipe(Magpie(answers=3, answer_temperature=0.8), {}, steps)

    assert isinstance(broken, Rejected)
    assert (broken.step, broken.reason) == ("answer", "truncated")
    assert isinstance(pair, Sample)
    assert (pair.chosen, pair.rejected, pair.response) == ("空气散射蓝光。", "大海的颜色映上去。", "空气散射蓝光。")


def judged(request: Any, _: int) -> str:
    """A judge that knows which is right, wherever it stands."""
    first = request.messages[0]["content"].partition("[1]\n")[2]
    return "分数 [1]：9\n分数 [2]：2" if first.startswith("空气") else "分数 [1]：2\n分数 [2]：9"


@pytest.mark.parametrize(
    ("steps", "reason"),
    [
        (script(CUT), "instruct/truncated"),
        (script(""), "instruct/empty"),
        (script("2. "), "instruct/empty"),
        (script(LOST), "instruct/call_failed"),
        (script("翻译下面的话："), "instruct/ends_with_colon"),
        (script("Why is the sky blue?"), "instruct/other_language"),
        (script(tags=TAGS.replace("good", "poor")), "tags/low_quality"),
        (script(tags=TAGS.replace("good", "fine")), "tags/unreadable_tags"),
        (script(tags="[1]"), "tags/unreadable_tags"),
        (script(tags=CUT), "tags/unreadable_tags"),
        (script(tags=LOST), "tags/call_failed"),
        (script(answer="<think>never closed"), "answer/tag_damage"),
        (script(answer=LOST), "answer/call_failed"),
    ],
)
async def test_each_step_can_fail(steps: dict[str, Any], reason: str) -> None:
    """And is charged for; nothing is asked after it."""
    (row,) = await try_recipe(Magpie(lang="zh"), {}, steps)

    assert isinstance(row, Rejected)
    assert f"{row.step}/{row.reason}" == reason
    assert reason in Magpie.card.rejects


async def test_a_format_without_system_turn_cannot_be_steered() -> None:
    """Said before anything is asked."""
    (row,) = await try_recipe(Magpie(chat_format="gemma", lang="zh"), {}, {})

    assert isinstance(row, Rejected)
    assert (row.step, row.reason) == ("seed", "no_system_turn")


@pytest.mark.parametrize("options", [{"turns": 0}, {"answers": 2}, {"keep": ["fine"]}, {"chat_format": "none"}])
def test_impossible_options_are_configuration_errors(options: dict[str, Any]) -> None:
    """Named at once."""
    with pytest.raises(ConfigError, match=next(iter(options))):
        Magpie(**options)
