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
