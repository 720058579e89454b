from __future__ import annotations

import pytest

from stream_synth.errors import ChatError, ConfigError
from stream_synth.recipes.distill import Distill
from stream_synth.recipes.shared.scripted import ScriptedAsk, try_recipe
from stream_synth.values import Completion, Rejected, Sample, Usage


async def test_question_becomes_a_whole_row() -> None:
    """Prompt, response, thinking, conversation, language, tokens, cost and provenance are all there."""
    reply = Completion("你好！", "要打招呼", usage=Usage(10, 30, 20), model="m", cost_usd=0.5)

    (row,) = await try_recipe(Distill(system="简短"), {"question": "打个招呼", "answer": "您好"}, {"answer": reply})

    assert isinstance(row, Sample)
    assert (row.prompt, row.response, row.reasoning, row.lang, row.slot) == ("打个招呼", "你好！", "要打招呼", "zh", "answer/0")
    assert [turn["role"] for turn in row.messages] == ["system", "user", "assistant"]
    assert row.messages[-1]["content"] == "你好！"
    assert (row.prompt_tokens, row.reasoning_tokens, row.answer_tokens, row.cost_usd, row.model) == (10, 20, 10, 0.5, "m")
    assert row.meta["reference"] == "您好"
    assert row.meta["origin"] == {"recipe": "distill", "prompt_hash": row.meta["prompt_hash"]}


async def test_dialogue_is_continued() -> None:
    """Earlier turns are sent and kept; a last assistant turn is the reference, not part of the question."""
    turns = [
        {"from": "human", "value": "Hi"},
        {"from": "gpt", "value": "Hello!"},
        {"from": "human", "value": "Tell me a joke."},
        {"from": "gpt", "value": "No."},
    ]
    ask = ScriptedAsk({"answer": "A horse walks into a bar."})

    (row,) = await try_recipe(Distill(), {"messages": turns}, ask)

    assert isinstance(row, Sample)
    assert [turn["role"] for turn in ask.asked[0][3].messages] == ["user", "assistant", "user"]
    assert [turn["content"] for turn in row.messages] == ["Hi", "Hello!", "Tell me a joke.", "A horse walks into a bar."]
    assert row.prompt == "Hi\n\nTell me a joke."
    assert row.meta["reference"] == "No."


async def test_options_reach_the_request() -> None:
    """Only what is set is sent; n samples are n candidates."""
    ask = ScriptedAsk({"answer": ["one", "two"]})

    rows = await try_recipe(Distill(samples=2, temperature=0.2, max_tokens=9, params={"seed": 1}), {"question": "Say a number."}, ask)

    assert [row.slot for row in rows if isinstance(row, Sample)] == ["answer/0", "answer/1"]
    assert ask.asked[0][3].params == {"temperature": 0.2, "max_tokens": 9, "seed": 1}


async def test_context_stands_before_the_question() -> None:
    """The passage is part of what the model sees and of the row."""
    fields = {"question": "谁写的？", "context": "《家》是巴金写的。"}
    ask = ScriptedAsk({"answer": "巴金。"})

    (row,) = await try_recipe(Distill(), fields, ask)

    assert isinstance(row, Sample)
    assert row.prompt.index("巴金") < row.prompt.index("谁写的")
    assert ask.asked[0][3].messages[0]["content"] == row.prompt


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Completion("half of", finish_reason="length", usage=Usage(1, 5)), "truncated"),
        (Completion("", finish_reason="content_filter"), "refused"),
        (Completion("", refusal="I cannot help with that."), "refused"),
        (Completion("", refusal="the reply holds no answer"), "empty"),
        (Completion(" \n"), "empty"),
        (Completion("<think>only thinking</think>"), "empty"),
        (Completion("<think>never closed"), "tag_damage"),
    ],
)
async def test_what_is_no_whole_answer_is_rejected(reply: Completion, reason: str) -> None:
    """Truncated, refused, empty and damaged replies are kept with their reason, never accepted."""
    (row,) = await try_recipe(Distill(), {"question": "Why?"}, {"answer": reply})

    assert isinstance(row, Rejected)
    assert (row.step, row.reason) == ("answer", reason)
    assert row.sample.prompt == "Why?"
    assert row.evidence


async def test_inline_thinking_is_taken_apart() -> None:
    """Tags in the text go to the reasoning column, and the repair is on record."""
    (row,) = await try_recipe(Distill(), {"question": "Why?"}, {"answer": "let me see</think>Because."})

    assert isinstance(row, Sample)
    assert (row.reasoning, row.response) == ("let me see", "Because.")
    assert row.meta["tag_findings"] == ["missing_open"]
    assert row.reasoning_tokens + row.answer_tokens == len("let me see</think>Because.") // 4 + 1
    assert row.reasoning_tokens > 0


async def test_comparison_is_optional() -> None:
    """`compare: rule` rejects another answer with expected and got; without it the row passes."""
    fields = {"question": "3 + 4 = ?", "answer": "7"}
    script = {"answer": "The answer is 8."}

    (compared,) = await try_recipe(Distill(compare="rule"), fields, script)
    (kept,) = await try_recipe(Distill(), fields, script)

    assert isinstance(compared, Rejected)
    assert (compared.reason, compared.evidence["expected"], compared.evidence["got"]) == ("wrong_answer", "7", "8")
    assert isinstance(kept, Sample)


@pytest.mark.parametrize(
    "fields",
    [
        {"question": "How should one learn to cook?", "answer": "42"},
        {"question": "怎样保持健康？", "answer": "早睡"},
        {"question": "Name a prime below 10.", "answer": ["2", "3"]},
    ],
)
async def test_open_rows_are_never_compared(fields: dict[str, object]) -> None:
    """Whatever their reference looks like; the row says what it is, so that gates do not compare it either."""
    (row,) = await try_recipe(Distill(compare="rule"), {**fields, "answer_kind": "open"}, {"answer": "每天走一走。 7 is one."})

    assert isinstance(row, Sample)
    assert row.meta["answer_kind"] == "open"
    assert "gold" not in row.meta


@pytest.mark.parametrize(("reply", "kept"), [("x 等于 \\boxed{-3, 3}。", True), ("x = \\boxed{3}", False)])
async def test_a_set_is_one_answer_of_several_parts(reply: str, *, kept: bool) -> None:
    """In any order, none missing."""
    fields = {"question": "解方程 x² = 9。", "answer": ["3", "-3"], "answer_kind": "set"}

    (row,) = await try_recipe(Distill(compare="rule"), fields, {"answer": reply})

    assert isinstance(row, Sample) is kept


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({}, "no_question"),
        ({"question": "  "}, "no_question"),
        ({"messages": [{"role": "assistant", "content": "Hi"}]}, "no_question"),
        ({"messages": "no json"}, "bad_messages"),
        ({"messages": [{"role": "narrator", "content": "x"}]}, "bad_messages"),
        ({"messages": [3]}, "bad_messages"),
    ],
)
async def test_seed_without_a_question_costs_no_call(fields: dict[str, object], reason: str) -> None:
    """A seed that holds nothing to ask is rejected at step `seed`."""
    ask = ScriptedAsk({})

    (row,) = await try_recipe(Distill(), fields, ask)

    assert isinstance(row, Rejected)
    assert (row.step, row.reason) == ("seed", reason)
    assert ask.asked == []


async def test_failed_samples_leave_the_others() -> None:
    """One failed call of three costs one candidate; when all fail the error passes to the engine."""
    lost = ChatError("server_error", "500")

    rows = await try_recipe(Distill(samples=3), {"question": "Why?"}, {"answer": ["a", lost, "c"]})

    assert [row.response for row in rows if isinstance(row, Sample)] == ["a", "c"]
    with pytest.raises(ChatError):
        await try_recipe(Distill(samples=2), {"question": "Why?"}, {"answer": lost})


async def test_own_check_judges_the_row() -> None:
    """`verify: {call: ...}` rejects with the expert's reason, score and evidence."""
    recipe = Distill(verify={"call": "tests.recipes.checks:is_short"})

    (short,) = await try_recipe(recipe, {"question": "Why?"}, {"answer": "Because."})
    (long,) = await try_recipe(recipe, {"question": "Why?"}, {"answer": "Because of a great many reasons."})

    assert isinstance(short, Sample)
    assert isinstance(long, Rejected)
    assert (long.step, long.reason, long.score, long.evidence) == ("verify", "too_long", 32.0, {"length": 32})


async def test_own_check_with_a_bug_is_loud() -> None:
    """A check that returns no verdict is a bug, not a rejection."""
    with pytest.raises(TypeError, match="passed"):
        await try_recipe(Distill(verify={"call": "tests.recipes.checks:says_nothing"}), {"question": "Why?"}, {"answer": "a"})


def test_impossible_options_are_configuration_errors() -> None:
    """Zero samples and an unknown kind of check are named at once."""
    with pytest.raises(ConfigError, match="samples is 0"):
        Distill(samples=0)
    with pytest.raises(ConfigError, match="verify holds program"):
        Distill(verify={"program": "x"})
    with pytest.raises(ConfigError, match="module:function"):
        Distill(verify={"call": "tests.recipes.checks:missing"})


async def test_the_likeliest_tokens_are_kept() -> None:
    """Asked for in the protocol's words, stored token by token; a server that sends none is no use."""
    token = {
        "token": "巴",
        "logprob": -0.1,
        "bytes": [1],
        "top_logprobs": [{"token": "巴", "logprob": -0.1}, {"token": "鲁", "logprob": -2.5}],
    }
    ask = ScriptedAsk({"answer": [Completion("巴金", logprobs=(token, {"token": "金", "logprob": 0.0})), Completion("巴金")]})

    kept, none = await try_recipe(Distill(logprobs=2, samples=2), {"question": "谁写的？"}, ask)

    assert ask.asked[0][3].params == {"logprobs": True, "top_logprobs": 2}
    assert isinstance(kept, Sample)
    assert kept.meta["logprobs"] == [["巴", -0.1, {"巴": -0.1, "鲁": -2.5}], ["金", 0.0, {}]]
    assert isinstance(none, Rejected)
    assert (none.step, none.reason) == ("answer", "no_logprobs")


def test_more_logprobs_than_services_give_is_a_configuration_error() -> None:
    """Named at once."""
    with pytest.raises(ConfigError, match="logprobs is 21"):
        Distill(logprobs=21)
