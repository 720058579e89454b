from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pytest

from stream_synth.recipes.given import Given
from stream_synth.recipes.regated import Regated
from stream_synth.recipes.shared.scripted import try_recipe
from stream_synth.values import Decision, Rejected, Sample, Verdict


async def only(fields: dict[str, Any], **options: Any) -> Sample | Rejected:
    (row,) = await try_recipe(Given(**options), fields, {})
    return row


@pytest.mark.parametrize(
    ("fields", "prompt", "response"),
    [
        ({"prompt": "2+2?", "response": "4"}, "2+2?", "4"),
        ({"question": "首都？", "answer": "北京。"}, "首都？", "北京。"),
        ({"messages": [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "ho"}]}, "hi", "ho"),
        ({"messages": [{"from": "human", "value": "你好"}, {"from": "gpt", "value": "您好"}]}, "你好", "您好"),
        ({"messages": [{"role": "user", "content": "hi"}], "response": "ho"}, "hi", "ho"),
        ({"prompt": "p", "chosen": "good", "rejected": "bad"}, "p", "good"),
    ],
)
async def test_common_shapes_of_rows(fields: dict[str, Any], prompt: str, response: str) -> None:
    """Prompt and response, question and answer, conversations of both kinds, pairs."""
    row = await only(fields)

    assert isinstance(row, Sample)
    assert (row.prompt, row.response) == (prompt, response)
    assert [turn["role"] for turn in row.messages] == ["user", "assistant"]
    assert (row.chosen, row.rejected) == (fields.get("chosen"), fields.get("rejected"))


async def test_thinking_is_taken_out_of_the_response() -> None:
    """From tags, or from a column of its own."""
    tagged = await only({"prompt": "1+1?", "response": "<think>一加一</think>2"})
    apart = await only({"prompt": "1+1?", "response": "2", "reasoning": "一加一"})

    assert isinstance(tagged, Sample)
    assert isinstance(apart, Sample)
    assert (tagged.reasoning, tagged.response) == (apart.reasoning, apart.response) == ("一加一", "2")


async def test_other_columns_are_kept() -> None:
    """In meta, so that gates and exports can use them; not where that is switched off."""
    fields = {"prompt": "p", "response": "r", "topic": "maths", "answer": "7", "score": 0.5}

    row, bare = await only(fields), await only(fields, keep=False)

    assert isinstance(row, Sample)
    assert isinstance(bare, Sample)
    assert (row.meta["row"], row.meta["gold"], row.score) == ({"topic": "maths"}, "7", 0.5)
    assert "row" not in bare.meta


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"response": "r"}, "no_question"),
        ({"messages": "not turns"}, "bad_messages"),
        ({"prompt": "p"}, "no_response"),
        ({"prompt": "p", "response": "<think>only"}, "tag_damage"),
        ({"prompt": "p", "response": "<think>only</think>"}, "empty"),
    ],
)
async def test_rows_that_are_no_example(fields: dict[str, Any], reason: str) -> None:
    """Each with its reason, which the card lists."""
    row = await only(fields)

    assert isinstance(row, Rejected)
    assert (row.step, row.reason) == ("row", reason)
    assert f"row/{reason}" in Given.card.rejects


async def test_answers_are_compared_on_request() -> None:
    """The row's right answer against the response's final one."""
    fields = {"prompt": "三加四？", "response": "想一想，答案是8。", "answer": "7"}

    row = await only(fields, compare="rule")

    assert isinstance(row, Rejected)
    assert (row.reason, row.evidence["expected"], row.evidence["got"]) == ("wrong_answer", "7", "8")
    assert isinstance(await only(fields), Sample)


@pytest.mark.parametrize("prompt", ["Tell me a joke.", "讲个笑话。"])
async def test_open_rows_are_never_compared(prompt: str) -> None:
    """Equality says nothing of them, whatever their `answer` holds."""
    row = await only({"prompt": prompt, "response": "这里有 7 个。", "answer": "8", "answer_kind": "open"}, compare="rule")

    assert isinstance(row, Sample)
    assert row.meta["answer_kind"] == "open"


async def test_candidates_of_a_run_come_back_as_they_were() -> None:
    """Rejected by a gate or accepted: candidates again. Rejected by the recipe: rejected again. A gate's score is taken off."""
    accepted = Decision(Sample("p", "r", id="a", slot="1", score=0.7), (Verdict("reward", passed=True, score=0.7, scorer="judge"),))
    lost = Decision(Sample("p", "s", id="b", slot="2", score=0.2), (Verdict("rules", passed=False, reason="length"),), "rules", "length")
    own = Verdict("recipe:answer", passed=False, reason="wrong_answer", score=0.1)
    wrong = Decision(Sample("p", "t", id="c", slot="3"), (own,), "recipe:answer", "wrong_answer", {"got": "t"})

    rows = await try_recipe(Regated(), {"decisions": [asdict(one) for one in (accepted, lost, wrong)]}, {})

    assert rows == [
        Sample("p", "r", id="a", slot="1"),
        Sample("p", "s", id="b", slot="2", score=0.2),
        Rejected(Sample("p", "t", id="c", slot="3"), "answer", "wrong_answer", 0.1, {"got": "t"}),
    ]
