from __future__ import annotations

from typing import Any

import pytest

from stream_synth.recipes.alpaca import Alpaca
from stream_synth.recipes.shared.scripted import ScriptedAsk, try_recipe
from stream_synth.values import Completion, Rejected, Sample, Usage


def seed(lang: str = "en") -> dict[str, Any]:
    """Three tasks."""
    told = ("Tell me about birds.", "Name the rivers of Spain.", "Sing.") if lang == "en" else ("讲讲鸟类。", "说出法国的河流。", "唱歌。")
    made = [{"id": f"s{n}", "instruction": text, "instances": [{"input": "", "output": "x"}]} for n, text in enumerate(told)]
    return {"lang": lang, "examples": made}


def task(instruction: str, given: str = "<noinput>", output: str = "fine", number: int = 4) -> str:
    """A task as the list has it."""
    return f"{number}. Instruction: {instruction}\n{number}. Input: {given}\n{number}. Output: {output}"


def fates(rows: list[Sample | Rejected]) -> list[str]:
    """Why each candidate was rejected, "" where it was not."""
    return [f"{row.step}/{row.reason}" if isinstance(row, Rejected) else "" for row in rows]


GOOD = task("Put the words in alphabetical order.", "pear, fig", "fig, pear")


async def test_one_call_makes_many_rows() -> None:
    """Three seed tasks with their instance are shown; an input joins the prompt, none leaves it alone."""
    ask = ScriptedAsk({"tasks": f"{GOOD}\n###\n{task('Why do leaves fall?', number=5)}\n###\n"})

    rows = await try_recipe(Alpaca(), seed(), ask)

    ((_, _, _, request),) = ask.asked
    assert "3. Instruction: Sing.\n3. Input: <noinput>\n3. Output: x\n###" in request.messages[0]["content"]
    assert (request.params["temperature"], request.params["max_tokens"]) == (1.0, 3072)
    assert [(row.prompt, row.meta["input"], row.response) for row in rows if isinstance(row, Sample)] == [
        ("Put the words in alphabetical order.\npear, fig", "pear, fig", "fig, pear"),
        ("Why do leaves fall?", "", "fine"),
    ]
    assert all(set(row.meta) <= set(Alpaca.card.meta_keys) for row in rows if isinstance(row, Sample))


async def test_chinese_tasks() -> None:
    """In the form that the Chinese prompt shows."""
    first = "4. 指令：把词语按笔画排列。\n4. 输入：海、人\n4. 输出：人、海"
    second = "5. 指令：为什么秋天会落叶？\n5. 输入：无\n5. 输出：为了少失水。"
    ask = ScriptedAsk({"tasks": f"{first}\n###\n{second}"})

    rows = await try_recipe(Alpaca(), seed("zh"), ask)

    assert "1. 指令：讲讲鸟类。\n1. 输入：<noinput>\n1. 输出：x" in ask.asked[0][3].messages[0]["content"]
    assert [row.prompt for row in rows if isinstance(row, Sample)] == ["把词语按笔画排列。\n海、人", "为什么秋天会落叶？"]


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ("I would rather not.", ["tasks/none"]),
        (Completion("", finish_reason="content_filter"), ["tasks/refused"]),
        (" ", ["tasks/empty"]),
        ("<think>never closed", ["tasks/tag_damage"]),
        ("4. Instruction: Name five fruits.\n4. Output: figs\n###\n" + GOOD, ["tasks/fields", ""]),
        (f"{GOOD}\n4. Output: again", ["tasks/fields"]),
        (Completion(f"{GOOD}\n###\n{task('Why do leaves fall?')}", finish_reason="length", usage=Usage(1, 9)), ["", "tasks/truncated"]),
        (task("Sing."), ["tasks/too_short"]),
        (task("Explain " + "very " * 150 + "well."), ["tasks/too_long"]),
        (task("Recommend music for a long run."), ["tasks/unseen"]),
        (task("Write a program that sorts names."), ["tasks/program"]),
        (task("... and then tell me why."), ["tasks/bad_start"]),
        (task("请讲一个关于月亮的故事。"), ["tasks/other_language"]),
        (task("Name the rivers of France."), ["tasks/similar"]),
        (f"{GOOD}\n###\n{GOOD}", ["", "tasks/similar"]),
        (f"{GOOD}\n\n{task('Why do leaves fall?')}", ["", ""]),
        (task("Put the words in order.", "a b", ""), ["instances/no_output"]),
        (task("Put the words in order.", "a b:"), ["instances/open_end"]),
        (task("Put the words in order.", "one word", "One word"), ["instances/repeats_input"]),
        (task("Put the words in order.", "a " * 301), ["instances/input_too_long"]),
        (task("Put the words in order.", output="a " * 301), ["instances/output_too_long"]),
    ],
)
async def test_tasks_that_go(reply: Any, expected: list[str]) -> None:
    """Each with its reason, on the card; the others stay."""
    rows = await try_recipe(Alpaca(), seed(), {"tasks": reply})

    assert fates(rows) == expected
    assert {fate for fate in expected if fate} <= set(Alpaca.card.rejects)


async def test_no_more_than_twenty_tasks_and_the_call_is_charged_once() -> None:
    """Those shown count; the first row pays."""
    words = ("sea", "sun", "tea", "war", "art", "law", "bee", "ice", "oak", "fox", "jam", "ore", "pig", "rye", "sky", "toe", "urn", "vow")
    listed = "\n###\n".join(task(f"{word} {word[::-1]} {word * 2} {word * 3}", number=n + 4) for n, word in enumerate(words))

    rows = await try_recipe(Alpaca(), seed(), {"tasks": Completion(listed, cost_usd=1.0)})

    assert len(rows) == 17
    assert [row.cost_usd for row in rows if isinstance(row, Sample)] == [1.0, *[0.0] * 16]


async def test_seeds_without_examples_and_own_checks() -> None:
    """Rejected without a call; a row that your check refuses at step `verify`."""
    (empty,) = await try_recipe(Alpaca(), {"examples": "none"}, {})
    checked = Alpaca(verify={"call": "tests.recipes.checks:is_short"})
    (long,) = await try_recipe(checked, seed(), {"tasks": task("Why do leaves fall?", output="a b " * 9)})

    assert fates([empty, long]) == ["seed/no_examples", "verify/too_long"]
