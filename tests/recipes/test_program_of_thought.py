from __future__ import annotations

from typing import Any

import pytest

from stream_synth.recipes.program_of_thought import ProgramOfThought
from stream_synth.recipes.shared.scripted import ScriptedAsk, try_recipe
from stream_synth.values import Completion, Rejected, Sample, Usage
from stream_synth.verify.sandbox import protections

pytestmark = pytest.mark.skipif(not protections().isolated, reason="no namespaces here: nothing is run")
EN = {"question": "A bakery bakes 12 trays of 8 rolls and sells 70. How many are left?", "answer": "26"}
ZH = {"question": "果园里有9行苹果树，每行12棵，又种了20棵。现在有多少棵？", "answer": "#### 128"}


@pytest.mark.parametrize(
    ("seed", "program", "asks"),
    [(EN, "rolls = 12 * 8\nprint(rolls - 70)", "Write a Python program"), (ZH, "树 = 9 * 12\nprint('答案：', 树 + 20)", "Python 程序")],
)
async def test_a_program_that_prints_the_gold_answer(seed: dict[str, str], program: str, asks: str) -> None:
    """The row asks for a program and holds it; what it printed is in meta."""
    ask = ScriptedAsk({"solve": f"Sure.\n```python\n{program}\n```\nThat is all."})

    (row,) = await try_recipe(ProgramOfThought(), seed, ask)

    assert isinstance(row, Sample)
    assert row.prompt.startswith(seed["question"])
    assert asks in row.prompt
    assert row.response == f"```python\n{program}\n```" == row.messages[-1]["content"]
    assert (row.meta["program"], row.meta["got"], row.meta["question"]) == (program, row.meta["gold"], seed["question"])
    assert "INVALID" in ask.asked[0][3].messages[-1]["content"]
    assert set(row.meta) <= set(ProgramOfThought.card.meta_keys)


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ("```python\nprint(27)\n```", "answer/wrong_answer"),
        ("```python\nx = 26\n```", "answer/no_answer"),
        ("```python\nprint(26 / 0)\n```", "run/error"),
        ("```python\nprint(26\n```", "run/error"),
        ("```python\nwhile True: print(26)\n```", "run/ended"),
        ("```python\nwhile True: pass\n```", "run/ended"),
        ("INVALID", "solve/invalid"),
        ("It is 26.", "solve/no_code"),
        (Completion("```python\nprint(26)", finish_reason="length", usage=Usage(1, 5)), "solve/truncated"),
        (Completion("", finish_reason="content_filter"), "solve/refused"),
        (" ", "solve/empty"),
        ("<think>never closed", "solve/tag_damage"),
    ],
)
async def test_every_other_reply_has_its_reason(reply: Any, reason: str) -> None:
    """With what was paid, and the output as evidence where there is one."""
    (row,) = await try_recipe(ProgramOfThought(block_s=0.6 if "pass" in str(reply) else 10), EN, {"solve": reply})

    assert isinstance(row, Rejected)
    assert f"{row.step}/{row.reason}" == reason
    assert reason in ProgramOfThought.card.rejects
    if row.step == "run":
        assert row.evidence["outcome"] in {"error", "output", "timeout"}


async def test_no_more_than_keep_and_no_gold_no_call() -> None:
    """The first ones stay."""
    rows = await try_recipe(ProgramOfThought(samples=2, keep=1), EN, {"solve": "```python\nprint(26)\n```"})
    (none,) = await try_recipe(ProgramOfThought(), {"question": "Why?", "answer": "Because it is so, and so it has been. Always."}, {})

    assert [isinstance(row, Sample) for row in rows] == [True, False]
    assert isinstance(none, Rejected)
    assert none.reason == "no_gold"
