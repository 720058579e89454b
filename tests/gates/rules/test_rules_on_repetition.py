from __future__ import annotations

import pytest

from tests.gates.rules.judging import ASKS, EN, ZH, reason, verdict


@pytest.mark.parametrize(
    "text",
    [
        EN + " " + "SE" * 100,
        EN + "\n" + "```\n" * 40,
        "The first way is to save. " * 12,
        "关好门窗可以节约能源。" * 12,
        ZH + "节能" * 60,
        ZH[:20] + "1. " * 60,
    ],
)
def test_loops_are_found_in_both_languages(text: str) -> None:
    """Loops of syllables, marks and sentences, with and without blanks."""
    assert reason(text, prompt="说说能源 energy") == "repeats"


@pytest.mark.parametrize("text", [EN, ZH, EN + "\n" + ZH, "加油！", "ha ha ha, that was funny."])
def test_prose_repeats_enough_to_be_prose(text: str) -> None:
    """Sound answers and a small laugh pass."""
    assert reason(text, prompt="说说能源 energy") == ""


def test_who_asks_for_repetition_gets_it() -> None:
    """The prompt decides: five times the same sentence was wanted."""
    assert reason("I like apples.\n" * 5, prompt="Repeat this sentence five times: I like apples.") == ""


def test_the_ratio_can_be_set() -> None:
    """A list that compresses well passes a higher limit, and evidence gives ratio and limit."""
    text = "\n".join(f"assert candidate({number}, {number + 1}) == {2 * number + 1}" for number in range(10, 50))
    lenient = {"max_compression_ratio": 6, "min_distinct_share": 0.1, "disable": ("truncated",)}

    assert verdict(text).evidence.keys() & {"distinct_share", "compression_ratio"}
    assert reason(text, options=lenient) == ""


@pytest.mark.parametrize(("phrase", "prompt"), [("加油", ASKS["zh"]), ("go go ", ASKS["en"]), ("好的", ASKS["zh"])])
def test_stacked_phrases_are_found(phrase: str, prompt: str) -> None:
    """Eight times one phrase is a chant, not an answer."""
    assert reason(phrase * 8, prompt=prompt) in {"stacked", "repeats"}
    assert reason("很好，" + phrase * 8 + "！", prompt=prompt) == "stacked"


def test_a_laugh_in_a_longer_text_passes() -> None:
    """A short run inside sound text is no chant."""
    assert reason(ZH + "哈哈哈哈哈哈哈哈！", prompt=ASKS["zh"]) == ""


def test_blanks_for_text_are_found() -> None:
    """Hundreds of blanks or line breaks in a row are no answer; indented code is."""
    code = "def total(values):\n    result = 0\n    for v in values:\n        if v > 0:\n            result += v\n    return result\n"

    assert reason(EN + " " * 400 + "The end.") == "blanks"
    assert reason(f"```python\n{code}```", prompt="Write a function.") == ""


def test_chinese_that_goes_round_in_circles_repeats() -> None:
    """Loops of a small model change a word here and there, so that no tail repeats; sound prose of the same length passes."""
    subjects = ("价格", "价值", "市场", "成本")
    circles = "".join(f"{one}是一种独立的价值，而{other}是一种独立的市场价值。" for one in subjects for other in subjects)

    assert verdict(circles + "以上就是全部的说明。", prompt=ASKS["zh"]).reason == "repeats"
    assert reason(ZH, prompt=ASKS["zh"]) == ""


def test_formulas_may_repeat_themselves() -> None:
    """A derivation says most of its line again; a loop of formulas is still a loop."""
    steps = "".join(
        f"\\[\\frac{{\\sin^2 {n}x}}{{\\cos^2 {n}x}} + \\frac{{\\cos^2 {n}x}}{{\\sin^2 {n}x}} = {n * 7}\\]\n" for n in range(2, 14)
    )

    assert reason(steps + "So the sum is 84.", prompt="Compute the sum.") == ""
    assert reason(r"\[\sin x = \sin x\] " * 20, prompt="Compute the sum.") == "repeats"


@pytest.mark.parametrize("tail", [" 3." * 10, " and so on, and so on, and so on, and so on, and so on, and so on,"])
def test_a_short_chant_at_the_end_is_found(tail: str) -> None:
    """Too short for a loop of sentences, too regular for anything else."""
    assert reason(EN + tail) in {"stacked", "repeats"}


def test_charts_may_repeat_where_they_are_asked_for() -> None:
    """Boxes and arrows are the same again and again."""
    chart = (
        "```\n"
        + "".join(f"+------------------+\n|   第{n}步          |\n+------------------+\n         |\n         v\n" for n in "一二三四五六七")
        + "完成\n```"
    )

    assert reason(chart, prompt="请画出流程图。") == ""
    assert reason(chart, prompt="请说说步骤。") == "repeats"


def test_an_empty_line_after_each_line_of_code_is_blanks() -> None:
    """Markup that came apart; a few empty lines are good style."""
    code = [f'  "key{n}": {n * 37 % 11},' for n in range(20)]

    assert reason("```json\n{\n\n" + "\n\n".join(code) + "\n\n}\n```") == "blanks"
    assert reason("```json\n{\n" + "\n".join(code) + "\n}\n```", options={"disable": ("repeats",)}) == ""
