from __future__ import annotations

from typing import Any

import pytest

from stream_synth.errors import ChatError, ConfigError
from stream_synth.recipes.reasoning import Reasoning
from stream_synth.recipes.shared.scripted import ScriptedAsk, try_recipe
from stream_synth.values import Completion, Rejected, Sample, Usage

APPLES = {"question": "小明有 3 个苹果，又买了 5 个，一共有几个？", "answer": "#### 8"}
CLIPS = {"question": "Tom sold 48 clips in April and half as many in May. How many in all?", "answer": "48/2 = <<48/2=24>>24\n#### 72"}
THOUGHT = "先看原来有三个苹果，再加上后来买的五个苹果，合起来就是八个苹果。"
RIGHT = "原来的三个苹果加上新买的五个苹果一共是八个。答案是8。"


def whole(reply: Any) -> Sample:
    assert isinstance(reply, Sample), reply
    return reply


def rejected(reply: Any) -> tuple[str, str]:
    assert isinstance(reply, Rejected), reply
    return reply.step, reply.reason


async def test_right_solution_becomes_a_row() -> None:
    """Input, thinking and content, checked by rule, with everything in meta that the card promises."""
    ask = ScriptedAsk({"solve": Completion(RIGHT, THOUGHT, usage=Usage(20, 60, 40), model="r1")})

    (reply,) = await try_recipe(Reasoning(), APPLES, ask)

    row = whole(reply)
    assert (row.prompt, row.reasoning, row.response) == (APPLES["question"], THOUGHT, RIGHT)
    assert (row.reasoning_tokens, row.answer_tokens, row.slot, row.lang) == (40, 20, "solve/0", "zh")
    assert row.meta["verified"] == "rule"
    assert (row.meta["gold"], row.meta["got"], row.meta["answer_how"]) == ("8", "8", "stated")
    assert (row.meta["format_reward"], row.meta["lang_think"], row.meta["lang_answer"]) == (1.0, 1.0, 1.0)
    assert (row.meta["attempts"], row.meta["think_by"], row.meta["suffix"]) == (1, "native", "boxed")


async def test_suffix_is_asked_but_not_taught() -> None:
    """A maths question is sent with steps and a box in its language; the row holds the bare question."""
    zh, en = ScriptedAsk({"solve": RIGHT}), ScriptedAsk({"solve": "In all \\boxed{72}"})

    (chinese,) = await try_recipe(Reasoning(), APPLES, zh)
    (english,) = await try_recipe(Reasoning(), CLIPS, en)

    assert "一步一步" in zh.asked[0][3].messages[-1]["content"]
    assert "step by step" in en.asked[0][3].messages[-1]["content"]
    assert whole(chinese).messages[0]["content"] == APPLES["question"]
    assert whole(english).messages[0]["content"] == CLIPS["question"]


@pytest.mark.parametrize(
    ("options", "fields", "suffix"),
    [
        ({}, {"question": "介绍一下巴金", "answer": "作家"}, "none"),
        ({}, {"question": "求极限", "domain": "高等数学"}, "boxed"),
        ({}, {"question": "Prove it.", "repo_name": "meta-math/GSM8K_zh"}, "boxed"),
        ({"suffix": "none"}, CLIPS, "none"),
        ({"suffix": "boxed"}, {"question": "介绍一下巴金"}, "boxed"),
    ],
)
async def test_suffix_is_for_maths(options: dict[str, Any], fields: dict[str, str], suffix: str) -> None:
    """`auto` reads the row's domain and its gold answer."""
    (reply,) = await try_recipe(Reasoning(**options), fields, {"solve": "\\boxed{72}"})

    sample = reply.sample if isinstance(reply, Rejected) else reply
    assert sample.meta["suffix"] == suffix


async def test_wrong_answer_carries_evidence() -> None:
    """Expected and got say what happened, for the gold of GSM8K too."""
    (reply,) = await try_recipe(Reasoning(), CLIPS, {"solve": "48 + 48 = 96. The answer is 96."})

    assert rejected(reply) == ("answer", "wrong_answer")
    assert isinstance(reply, Rejected)
    assert reply.evidence == {"expected": "72", "got": "96", "how": "stated"}
    assert reply.sample.meta["verified"] == "none"


async def test_no_answer_is_its_own_reason() -> None:
    """Where nothing can be extracted, nothing is called wrong."""
    (numberless,) = await try_recipe(Reasoning(), CLIPS, {"solve": "I am not sure about this one, sorry to say."})
    (guess,) = await try_recipe(Reasoning(), {"question": "Which one?", "answer": "B"}, {"solve": "Step 1 is long."})

    assert rejected(numberless) == ("answer", "no_answer")
    assert rejected(guess) == ("answer", "no_answer")


async def test_short_reply_is_its_own_answer() -> None:
    """A bare word equals a word for gold."""
    (reply,) = await try_recipe(Reasoning(), {"question": "法国的首都是哪里？", "answer": "巴黎"}, {"solve": "巴黎。"})

    assert whole(reply).meta["answer_how"] == "whole"


async def test_spoken_answer_counts_by_its_number() -> None:
    """A sentence around the one number is no mistake, for a gold that is a number."""
    spoken = {"solve": "So the answer is that Tom sold 72 clips."}

    (number,) = await try_recipe(Reasoning(), CLIPS, spoken)
    (name,) = await try_recipe(Reasoning(), {"question": "Which room?", "answer": "room 72 B"}, spoken)

    assert whole(number).meta["got"] == "that Tom sold 72 clips"
    assert rejected(name) == ("answer", "wrong_answer")


async def test_several_answers_may_be_right() -> None:
    """A list in the answer field names them all."""
    (reply,) = await try_recipe(Reasoning(), {"question": "Name a root of x^2 = 4.", "answer": ["2", "-2"]}, {"solve": "\\boxed{-2}"})

    assert whole(reply).meta["gold"] == ["2", "-2"]


@pytest.mark.parametrize(
    ("options", "fields"),
    [
        ({}, {"answer": "坚持锻炼身体，保证充足的睡眠，每天吃新鲜的蔬菜和水果，少喝酒。"}),
        ({"answer_kind": "open"}, {"answer": "早睡"}),
        ({}, {"answer": "早睡", "answer_kind": "open"}),
        ({}, {"answer": "7", "answer_kind": "open"}),
        ({"answer_kind": "exact"}, {"answer": "7", "answer_kind": "open"}),
        ({}, {}),
    ],
)
async def test_open_answers_are_not_compared(options: dict[str, Any], fields: dict[str, str]) -> None:
    """Prose cannot be judged by equality: the row passes unverified, its reference kept."""
    (reply,) = await try_recipe(Reasoning(**options), {"question": "怎样保持健康？", **fields}, {"solve": "多运动，多喝水，少熬夜。"})

    row = whole(reply)
    assert (row.meta["answer_kind"], row.meta["verified"]) == ("open", "none")
    assert row.meta.get("reference", "") == fields.get("answer", "")


async def test_exact_kind_compares_prose_too() -> None:
    """`answer_kind: exact` takes the field as the answer, however long."""
    long = "坚持锻炼身体，保证充足的睡眠，每天吃新鲜的蔬菜和水果，少喝酒。"

    (reply,) = await try_recipe(
        Reasoning(answer_kind="exact"), {"question": "怎样保持健康？", "answer": long}, {"solve": "多运动，多喝水，少熬夜。"}
    )

    assert rejected(reply) == ("answer", "no_answer")


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Completion(RIGHT, THOUGHT, finish_reason="length"), "truncated"),
        (Completion("", THOUGHT, finish_reason="length"), "truncated"),
        (Completion("", finish_reason="content_filter"), "refused"),
        (Completion("", THOUGHT), "empty"),
        (Completion(f"<think>{THOUGHT}"), "tag_damage"),
        (Completion(f"<think>{THOUGHT}</think>{RIGHT}<think>{THOUGHT}</think>{RIGHT}"), "tag_damage"),
    ],
)
async def test_broken_replies_are_rejected(reply: Completion, reason: str) -> None:
    """Never accepted as complete, and kept for reading."""
    (candidate,) = await try_recipe(Reasoning(), APPLES, {"solve": reply})

    assert rejected(candidate) == ("solve", reason)


@pytest.mark.parametrize(
    "text", [f"<think>{THOUGHT}</think>{RIGHT}", f"{THOUGHT}</think>{RIGHT}", f"<thinking>{THOUGHT}</thinking><answer>{RIGHT}</answer>"]
)
async def test_inline_tags_of_every_kind_are_read(text: str) -> None:
    """`<think>`, a template's half of it, `<thinking>` with `<answer>`: one row each, the same."""
    (reply,) = await try_recipe(Reasoning(), APPLES, {"solve": text})

    row = whole(reply)
    assert (row.reasoning, row.response, row.meta["format_reward"]) == (THOUGHT, RIGHT, 1.0)


async def test_thinking_is_required_only_on_request() -> None:
    """A model without thinking is usable; `require_thinking` makes it a rejection."""
    (usable,) = await try_recipe(Reasoning(), APPLES, {"solve": RIGHT})
    (strict,) = await try_recipe(Reasoning(require_thinking=True), APPLES, {"solve": RIGHT})

    assert whole(usable).meta["format_reward"] == 0.25
    assert rejected(strict) == ("format", "no_thinking")


async def test_mixed_language_is_rejected_with_its_share() -> None:
    """English thinking over a Chinese question; the other way round; and off when switched off."""
    english = "First there are three apples and then there are five more of them."
    (zh,) = await try_recipe(Reasoning(), APPLES, {"solve": Completion(RIGHT, english)})
    (en,) = await try_recipe(Reasoning(), CLIPS, {"solve": Completion("\\boxed{72}", THOUGHT)})
    (off,) = await try_recipe(Reasoning(min_language_share=0), APPLES, {"solve": Completion(RIGHT, english)})

    assert rejected(zh) == rejected(en) == ("language", "language_mixing")
    assert isinstance(zh, Rejected)
    assert zh.score == 0.0
    assert (zh.evidence["lang"], zh.evidence["think"], zh.evidence["answer"]) == ("zh", 0.0, 1.0)
    assert whole(off).meta["lang_think"] == 0.0


async def test_translations_may_answer_in_another_language() -> None:
    """The answer is exempt where the question asks for another language; the thinking is not."""
    fields = {"question": "把“我今天很高兴，因为天气非常好”翻译成英文。"}
    answer = "I am very happy today because the weather is very good indeed."

    (reply,) = await try_recipe(Reasoning(), fields, {"solve": Completion(answer, THOUGHT)})
    (mixed,) = await try_recipe(Reasoning(), fields, {"solve": Completion(answer, answer)})

    assert whole(reply).meta["lang_answer"] == 0.0
    assert rejected(mixed) == ("language", "language_mixing")


async def test_form_of_the_thinking_can_be_ruled() -> None:
    """Long paragraphs and code blocks are rejected where the options say so."""
    code = Completion(RIGHT, f"{THOUGHT}\n```python\nprint(3 + 5)\n```")
    recipe = Reasoning(allow_code=False, max_paragraph_chars=200)

    (with_code,) = await try_recipe(recipe, APPLES, {"solve": code})
    (long,) = await try_recipe(recipe, APPLES, {"solve": Completion(RIGHT, THOUGHT * 9)})
    (free,) = await try_recipe(Reasoning(), APPLES, {"solve": code})

    assert rejected(with_code) == ("format", "code_block")
    assert rejected(long) == ("format", "long_paragraph")
    assert whole(free)


async def test_keep_caps_the_right_ones() -> None:
    """Of four solutions one is wrong; the first two right ones stay and the third is over."""
    replies = [RIGHT, "答案是9。", RIGHT, RIGHT]

    rows = await try_recipe(Reasoning(samples=4, keep=2), APPLES, {"solve": replies})

    kinds = [row.reason if isinstance(row, Rejected) else row.slot for row in rows]
    assert kinds == ["solve/0", "wrong_answer", "solve/2", "over_keep"]


async def test_template_asks_for_thinking() -> None:
    """A system turn in the question's language is sent, joined with the row's own, and not taught."""
    ask = ScriptedAsk({"solve": f"<think>{THOUGHT}</think>{RIGHT}"})

    (reply,) = await try_recipe(Reasoning(think_by="template", system="用中文。"), APPLES, ask)

    system = ask.asked[0][3].messages[0]
    assert system["role"] == "system"
    assert "<think>" in system["content"]
    assert system["content"].endswith("用中文。")
    row = whole(reply)
    assert [turn["content"] for turn in row.messages[:1]] == ["用中文。"]
    assert (row.reasoning, row.meta["think_by"]) == (THOUGHT, "template")


async def test_two_steps_make_a_plain_model_think() -> None:
    """The first call is opened with `<think>` and stopped at its end; the second goes on from there; both are paid."""
    ask = ScriptedAsk(
        {"think": Completion(THOUGHT, usage=Usage(10, 30), cost_usd=1.0), "answer": Completion(RIGHT, usage=Usage(40, 20), cost_usd=2.0)}
    )

    (reply,) = await try_recipe(Reasoning(think_by="two_step"), APPLES, ask)

    row = whole(reply)
    first, second = (request for *_, request in ask.asked)
    assert first.messages[-1] == {"role": "assistant", "content": "<think>\n"}
    assert first.params["stop"] == ["</think>"]
    assert second.messages[-1]["content"] == f"<think>\n{THOUGHT}\n</think>\n\n"
    assert (row.reasoning, row.response) == (THOUGHT, RIGHT)
    assert (row.prompt_tokens, row.reasoning_tokens, row.answer_tokens, row.cost_usd) == (50, 30, 20, 3.0)
    assert (row.meta["think_by"], row.meta["format_reward"]) == ("two_step", 1.0)


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ({"think": Completion("so far", finish_reason="length")}, ("think", "truncated")),
        ({"think": " "}, ("think", "empty")),
        ({"think": THOUGHT, "answer": ""}, ("answer", "empty")),
        ({"think": THOUGHT, "answer": Completion("半句", finish_reason="length")}, ("answer", "truncated")),
        ({"think": THOUGHT, "answer": ChatError("server_error", "500")}, ("answer", "call_failed")),
        ({"think": THOUGHT, "answer": "答案是9。"}, ("answer", "wrong_answer")),
    ],
)
async def test_two_steps_can_fail_at_each(script: dict[str, Any], expected: tuple[str, str]) -> None:
    """Whatever goes wrong on the way is a rejection that keeps the thinking."""
    (reply,) = await try_recipe(Reasoning(think_by="two_step"), APPLES, script)

    assert rejected(reply) == expected


async def test_two_steps_survive_tags_that_come_back() -> None:
    """Servers may repeat the opening tag or put the thinking into its field."""
    repeated: dict[str, Any] = {"think": f"<think>\n{THOUGHT}", "answer": RIGHT}
    in_field: dict[str, Any] = {"think": Completion("", THOUGHT), "answer": f"<think>\n{THOUGHT}\n</think>\n\n{RIGHT}"}

    rows = [whole((await try_recipe(Reasoning(think_by="two_step"), APPLES, script))[0]) for script in (repeated, in_field)]

    assert [(row.reasoning, row.response) for row in rows] == [(THOUGHT, RIGHT)] * 2


def test_keeping_none_is_a_configuration_error() -> None:
    """`keep: 0` would pay for nothing."""
    with pytest.raises(ConfigError, match="keep is 0"):
        Reasoning(keep=0)
