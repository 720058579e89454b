from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from stream_synth.errors import ChatError
from stream_synth.recipes.self_instruct import SelfInstruct
from stream_synth.recipes.shared.scripted import ScriptedAsk, try_recipe
from stream_synth.values import Completion, Rejected, Sample, Usage

EN = ("birds", "rivers", "songs", "dishes", "clouds", "games", "trees", "stars")
ZH = ("鸟类", "河流", "歌曲", "菜肴", "云朵", "游戏", "树木", "星星")
LOST = ChatError("server_error", "500")
CUT = Completion("half of it", finish_reason="length", usage=Usage(1, 5))


def seed(lang: str = "en") -> dict[str, Any]:
    """Eight tasks."""
    told = [f"Tell me something about {word}." for word in EN] if lang == "en" else [f"请讲一讲有关{word}的故事。" for word in ZH]
    return {"lang": lang, "examples": [{"id": f"seed{n}", "instruction": text, "instances": []} for n, text in enumerate(told)]}


def script(tasks: str = "9. Put the words in alphabetical order.", kind: Any = "no", instances: Any = "Output: a, b") -> dict[str, Any]:
    """One reply to each call."""
    return {"tasks": tasks, "kind": kind, "instances": instances}


def fates(rows: list[Sample | Rejected]) -> list[str]:
    """Why each candidate was rejected, "" where it was not."""
    return [f"{row.step}/{row.reason}" if isinstance(row, Rejected) else "" for row in rows]


CASES: dict[str, tuple[str, str, str, list[tuple[str, str]]]] = {
    "en": (
        "9. Put the words in alphabetical order.",
        "No.",
        "Input: pear, fig\nOutput: fig, pear\nInput: b, a\nOutput: a, b",
        [("pear, fig", "fig, pear"), ("b, a", "a, b")],
    ),
    "zh": (
        "9. 把词语按笔画多少排列。",
        "否",
        "输入：海、人\n输出：人、海\n\n输入：木、一\n输出：一、木",
        [("海、人", "人、海"), ("木、一", "一、木")],
    ),
}


@pytest.mark.parametrize("lang", CASES)
async def test_a_list_is_continued_and_its_tasks_get_instances(lang: str) -> None:
    """Eight examples in the list, no more than sixteen tasks; instruction and input apart in meta, together in the prompt."""
    tasks, kind, instances, pairs = CASES[lang]
    ask = ScriptedAsk(script(tasks, kind, instances))

    rows = await try_recipe(SelfInstruct(), seed(lang), ask)

    listed = next(request for step, _, _, request in ask.asked if step == "tasks")
    assert "8. " in listed.messages[0]["content"]
    assert (listed.params["temperature"], listed.params["top_p"], listed.params["presence_penalty"]) == (0.7, 0.5, 2.0)
    assert [request.params["temperature"] for step, _, _, request in ask.asked if step != "tasks"] == [0.0, 0.0]
    assert [row.response for row in rows if isinstance(row, Sample)] == [output for _, output in pairs]
    first = rows[0]
    assert isinstance(first, Sample)
    assert first.prompt == f"{first.meta['instruction']}\n{pairs[0][0]}"
    assert (first.meta["input"], first.meta["is_classification"], first.lang) == (pairs[0][0], False, lang)
    assert first.messages[-1]["content"] == first.response
    assert len(first.meta["shown"]) == 8
    assert set(first.meta) <= set(SelfInstruct.card.meta_keys)


@pytest.mark.parametrize(
    ("lang", "task", "instances", "pairs"),
    [
        ("en", "Is the sea warm in winter? Say yes or no.", "Class label: no", [("", "no")]),
        (
            "en",
            "Say whether the word is a noun or a verb.",
            "Class label: noun\nInput: tree\nClass label: verb\nsing",
            [("tree", "noun"), ("sing", "verb")],
        ),
        ("zh", "判断这个词是名词还是动词。", "类别：名词\n输入：树\n类别：动词\n输入：唱", [("树", "名词"), ("唱", "动词")]),
    ],
)
async def test_labels_come_first_for_classification(lang: str, task: str, instances: str, pairs: list[tuple[str, str]]) -> None:
    """The response is the label alone, also where a task needs no input."""
    rows = await try_recipe(SelfInstruct(), seed(lang), script(f"9. {task}", "是" if lang == "zh" else "Yes", instances))

    assert [(row.meta["input"], row.response) for row in rows if isinstance(row, Sample)] == pairs
    assert fates(rows) == [""] * len(pairs)


async def test_own_rows_take_the_place_of_two_examples() -> None:
    """Six of people and two of the run, once it has rows of two tasks."""
    rows = [
        {"id": f"own{n}", "lang": "en", "prompt": "…", "meta": {"instruction": f"Count the {word} you know."}} for n, word in enumerate(EN)
    ]
    none = [rows[0], {**rows[0], "id": "again"}]

    grown, young = [await try_recipe(SelfInstruct(), seed(), script(), pools={"accepted": pool}) for pool in (rows, none)]

    owned = [[name for name in row.meta["shown"] if name.startswith("own")] for row in (grown[0], young[0]) if isinstance(row, Sample)]
    assert [len(names) for names in owned] == [2, 0]


@pytest.mark.parametrize(
    ("task", "reason"),
    [
        ("Sing.", "too_short"),
        ("Explain " + "very " * 150 + "well.", "too_long"),
        ("Describe the picture in one sentence.", "unseen"),
        ("Write a program that sorts names.", "program"),
        ("...and then tell me about the moon.", "bad_start"),
        ("请讲一个关于月亮的故事。", "other_language"),
        ("Tell me something about rivers.", "similar"),
    ],
)
async def test_tasks_that_go_cost_no_further_call(task: str, reason: str) -> None:
    """The others of the list go on."""
    ask = ScriptedAsk({"tasks": f"9. {task}\n10. Put the words in alphabetical order.", "kind": ["", "no"], "instances": ["", "Output: a"]})

    rows = await try_recipe(SelfInstruct(), seed(), ask)

    assert fates(rows) == [f"tasks/{reason}", ""]
    assert f"tasks/{reason}" in SelfInstruct.card.rejects
    assert [step for step, *_ in ask.asked] == ["tasks", "kind", "instances"]


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ({"tasks": "Nothing comes to mind."}, ["tasks/none"]),
        ({"tasks": CUT}, ["tasks/truncated"]),
        ({"tasks": ""}, ["tasks/empty"]),
        ({"tasks": Completion("", finish_reason="content_filter")}, ["tasks/refused"]),
        ({"tasks": "<think>never closed"}, ["tasks/tag_damage"]),
        ({"kind": "Perhaps."}, ["kind/unreadable_verdict"]),
        ({"kind": LOST}, ["kind/call_failed"]),
        ({"instances": LOST}, ["instances/call_failed"]),
        ({"instances": Completion("Output: half", finish_reason="length")}, ["instances/truncated"]),
        ({"instances": Completion("", refusal="no")}, ["instances/refused"]),
        ({"instances": " "}, ["instances/empty"]),
        ({"instances": "<think>never closed"}, ["instances/tag_damage"]),
        ({"instances": "I have no example."}, ["instances/none"]),
        ({"instances": "Input: a\nOutput:\nInput: b\nOutput: c"}, ["instances/no_output", ""]),
        ({"instances": "Output: the words are:"}, ["instances/open_end"]),
        ({"instances": "Input: pear, fig\nOutput: Pear, fig"}, ["instances/repeats_input"]),
        ({"instances": f"Input: {'a ' * 301}\nOutput: c"}, ["instances/input_too_long"]),
        ({"instances": f"Output: {'a ' * 301}"}, ["instances/output_too_long"]),
        ({"instances": "Input: a\nOutput: c\nInput: a\nOutput: d"}, ["instances/contradictory"] * 2),
        ({"instances": "Output: a\nOutput: a\nOutput: d"}, ["", "instances/repeated", ""]),
        ({"instances": "\n".join(f"Output: a{n}" for n in range(9))}, [""] * 5),
    ],
)
async def test_replies_that_go(steps: Mapping[str, Any], expected: list[str]) -> None:
    """Each with its reason, on the card."""
    rows = await try_recipe(SelfInstruct(), seed(), {**script(), **steps})

    assert fates(rows) == expected
    assert {fate for fate in expected if fate} <= set(SelfInstruct.card.rejects)


async def test_the_last_instance_of_a_cut_reply_goes() -> None:
    """What stands before it is whole."""
    cut = Completion("Input: a\nOutput: b\nInput: c\nOutput: d and", finish_reason="length")

    rows = await try_recipe(SelfInstruct(), seed(), script(instances=cut))

    assert [(row.response, row.finish_reason) for row in rows if isinstance(row, Sample)] == [("b", "stop")]


async def test_everything_is_charged_once() -> None:
    """The list to its first task, a task's calls to its first row."""
    replies = {
        "tasks": Completion("9. Put the words in order.\n10. Sing me a short song.", cost_usd=1.0),
        "kind": Completion("no", cost_usd=0.25),
        "instances": Completion("Output: a\nOutput: b", cost_usd=0.5, model="m"),
    }

    rows = await try_recipe(SelfInstruct(), seed(), replies)

    assert [row.cost_usd for row in rows if isinstance(row, Sample)] == [1.75, 0.0, 0.75, 0.0]
    assert {row.model for row in rows if isinstance(row, Sample)} == {"m"}


async def test_classification_alone_saves_a_call() -> None:
    """The list asks for it, labels come first."""
    ask = ScriptedAsk(script("9. Is the word a noun or a verb?", instances="Class label: noun\nInput: tree"))

    (row,) = await try_recipe(SelfInstruct(classification=True), seed(), ask)

    assert isinstance(row, Sample)
    assert (row.response, row.meta["is_classification"]) == ("noun", True)
    assert [step for step, *_ in ask.asked] == ["tasks", "instances"]


async def test_seeds_without_examples_and_own_checks() -> None:
    """Rejected at step `seed`, without a call; a row that your check refuses at step `verify`."""
    (empty,) = await try_recipe(SelfInstruct(), {"examples": []}, {})
    checked = SelfInstruct(verify={"call": "tests.recipes.checks:is_short"})
    (long,) = await try_recipe(checked, seed(), script(instances=f"Output: {'a b ' * 9}"))

    assert fates([empty, long]) == ["seed/no_examples", "verify/too_long"]
