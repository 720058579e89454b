from __future__ import annotations

import pytest

from stream_synth.text.instructions import contradictory, instance_fault, real_input, task_fault


@pytest.mark.parametrize(
    ("instruction", "lang", "fault"),
    [
        ("Name four kinds of bread.", "en", ""),
        ("Name bread kinds.", "en", "too_short"),
        ("Explain " + "very " * 150 + "well.", "en", "too_long"),
        ("Describe the picture in one sentence.", "en", "unseen"),
        ("Tell me where to go to see whales.", "en", "unseen"),
        ("Say which profile fits the mapped drawing.", "en", ""),
        ("Write a program that sorts a list of names.", "en", "program"),
        ("*Name* four kinds of bread.", "en", "bad_start"),
        ('"Haste makes waste": what does this saying mean?', "en", ""),
        ("说出四种面包的名字。", "en", "other_language"),
        ("说出四种面包的名字。", "zh", ""),
        ("说出黑面包。", "zh", ""),
        ("写一首诗", "zh", "too_short"),
        ("请说明" + "面包的做法" * 41 + "。", "zh", ""),
        ("请说明" + "面包的做法" * 43 + "。", "zh", "too_long"),
        ("请描述图片中的内容。", "zh", "unseen"),
        ("编写一个程序，把名字按顺序排列。", "zh", "program"),
        ("，说出四种面包的名字。", "zh", "bad_start"),
        ("《红楼梦》的作者是哪一位？", "zh", ""),
        ("Name four kinds of bread.", "zh", "other_language"),
        ("介绍一段适合跑步时听的音乐。", "zh", ""),
    ],
)
def test_tasks_that_go(instruction: str, lang: str, fault: str) -> None:
    """By length, by what they need, by how they begin, by language."""
    assert task_fault(instruction, lang) == fault


@pytest.mark.parametrize(("instruction", "lang"), [("介绍一段适合跑步时听的音乐。", "zh"), ("Recommend music for a long run.", "en")])
def test_alpaca_bans_more_media(instruction: str, lang: str) -> None:
    """Sound and video as well."""
    assert task_fault(instruction, lang, media=True) == "unseen"


@pytest.mark.parametrize(
    ("given", "output", "fault"),
    [
        ("", "Rye bread.", ""),
        ("黑麦面包", "用黑麦粉做的面包。", ""),
        ("bread", " ".strip(), "no_output"),
        ("The list is:", "Rye.", "open_end"),
        ("", "做法如下：", "open_end"),
        ("The cat sat on the mat.", "the cat sat on  the mat.", "repeats_input"),
        ("小猫坐在红色的垫子上面睡觉。", "小猫坐在红色的垫子上面睡觉", "repeats_input"),
        ("bread " * 301, "Yes.", "input_too_long"),
        ("", "面包" * 211, "output_too_long"),
    ],
)
def test_instances_that_go(given: str, output: str, fault: str) -> None:
    """By what is missing, repeated or too long."""
    assert instance_fault(given.strip(), output.strip()) == fault


def test_one_input_with_two_outputs_is_a_contradiction() -> None:
    """An empty input may have several."""
    assert contradictory([("a", "x"), (" A ", "y")])
    assert not contradictory([("a", "x"), ("a", "X"), ("", "y"), ("", "z")])


@pytest.mark.parametrize("given", ["<noinput>", "<NoInput>", "N/A", "无", "（无）", " ", "None."])
def test_inputs_that_are_none(given: str) -> None:
    """However the model says so."""
    assert real_input(given) == ""
    assert real_input(" none of them ") == "none of them"
