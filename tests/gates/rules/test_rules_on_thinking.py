from __future__ import annotations

import pytest

from tests.gates.rules.judging import reason, verdict

QUESTION = {
    "en": "Janet has 16 eggs and eats three for breakfast. How many eggs does Janet sell at the market?",
    "zh": "小明有16个鸡蛋，早餐吃了3个，剩下的拿到市场上卖。他卖了多少个鸡蛋？",
}
THOUGHT = {
    "en": "Janet starts with 16 eggs in the morning. Three of them are eaten for breakfast, which leaves 16 - 3. "
    "That difference is 13, and since all of the rest goes to the market, she sells 13 of them. The answer is 13.",
    "zh": "小明一开始有16个鸡蛋。早餐的时候吃掉了其中的3个，所以还剩下16减3。"
    "这个差等于13，剩下的鸡蛋全部拿到市场上去卖，因此他一共卖了13个。答案是13。",
}
ANSWER = {"en": "Janet sells 13 eggs at the market. The answer is 13.", "zh": "他在市场上卖了13个鸡蛋。答案是13。"}
LANGS = pytest.mark.parametrize("lang", ["en", "zh"])


@LANGS
def test_sound_thinking_passes(lang: str) -> None:
    """On the question, in its own words, ending where the answer does."""
    assert reason(ANSWER[lang], prompt=QUESTION[lang], reasoning=THOUGHT[lang]) == ""


@pytest.mark.parametrize("thought", ["\n\n", "...", "。。。", " \x00"])
def test_thinking_without_content_is_empty(thought: str) -> None:
    """White space and marks are no thinking; a row without thinking is not asked."""
    assert reason(ANSWER["en"], prompt=QUESTION["en"], reasoning=thought) == "think_empty"
    assert reason(ANSWER["en"], prompt=QUESTION["en"]) == ""


@LANGS
def test_thinking_that_is_the_answer_or_the_question_is_copied(lang: str) -> None:
    """Word for word but for a mark."""
    answer, question = THOUGHT[lang], QUESTION[lang]

    assert verdict(answer, prompt=question, reasoning=answer + "!").evidence["copied_from"] == "answer"
    assert verdict(ANSWER[lang], prompt=question, reasoning=question + " ").evidence["copied_from"] == "question"


@LANGS
def test_thinking_that_goes_round_in_circles_repeats(lang: str) -> None:
    """The same steps again with other numbers, and a loop at the end."""
    circles = {
        "en": " ".join(f"Wait, let me check step {n} of the eggs again." for n in range(30)),
        "zh": "".join(f"等等，让我再检查一遍第{n}步的鸡蛋数量。" for n in range(30)),
    }

    assert reason(ANSWER[lang], prompt=QUESTION[lang], reasoning=THOUGHT[lang] + circles[lang]) == "think_repeats"
    assert (
        "loop" in verdict(ANSWER[lang], prompt=QUESTION[lang], reasoning=THOUGHT[lang] + {"en": " hm,", "zh": "嗯，"}[lang] * 60).evidence
    )


def test_steps_of_one_pattern_are_no_circle() -> None:
    """Different calculations in similar words pass."""
    steps = (
        "First, 48 / 2 = 24 clips were sold in May. Then 48 + 24 = 72 clips were sold in all. Half of 72 is 36 clips, so 36 were blue. "
        "A third of the blue ones, 12 clips, were large. That leaves 24 small blue clips. The answer is 24."
    )

    assert reason("The answer is 24.", prompt="How many of the 72 clips sold in May and April were small and blue?", reasoning=steps) == ""


@LANGS
def test_another_conclusion_contradicts(lang: str) -> None:
    """Thinking ends at 13, the answer says 15; both are in the evidence."""
    found = verdict(ANSWER[lang].replace("13", "15"), prompt=QUESTION[lang], reasoning=THOUGHT[lang])

    assert found.reason == "think_contradicts"
    assert found.evidence["thinking"].startswith("13")
    assert found.evidence["answer"].startswith("15")


def test_the_same_number_written_otherwise_does_not_contradict() -> None:
    """13 and 13.0 are one conclusion; thinking that states none contradicts nothing."""
    assert reason("The answer is 13.0.", prompt=QUESTION["en"], reasoning=THOUGHT["en"]) == ""
    assert reason("The answer is 15.", prompt=QUESTION["en"], reasoning="Janet has 16 eggs, then three fewer.") == ""


@LANGS
def test_thinking_of_something_else_is_off_topic(lang: str) -> None:
    """No number, name or rare word of the question occurs in it."""
    other = {
        "en": "Paris lies on the river Seine and has been the capital of France for centuries. Its museums are famous, and the tower "
        "is a symbol of the city. Tourists visit all year round, mostly in summer, when days are long.",
        "zh": "巴黎位于塞纳河畔，几个世纪以来一直是法国的首都。那里的博物馆举世闻名，铁塔是这座城市的象征。"
        "一年四季都有游客前来参观，夏天尤其热闹，因为白天很长，天气也比较温暖。" * 2,
    }

    assert reason(ANSWER[lang], prompt=QUESTION[lang], reasoning=other[lang], options={"disable": ("think_repeats",)}) == "think_off_topic"


def test_thinking_in_another_language_is_not_called_off_topic() -> None:
    """Words cannot be compared across languages; that is the business of another rule."""
    assert (
        reason(ANSWER["zh"], prompt=QUESTION["zh"], reasoning=THOUGHT["en"].replace("16", "x").replace("13", "y").replace("3", "z"))
        == "foreign_thinking"
    )


@LANGS
def test_open_answers_contradict_nothing(lang: str) -> None:
    """Where the row says that its answer is open, two different ones may both be right."""
    other = ANSWER[lang].replace("13", "15")

    assert reason(other, prompt=QUESTION[lang], reasoning=THOUGHT[lang], meta={"answer_kind": "open"}) == ""
    assert reason(other, prompt=QUESTION[lang], reasoning=THOUGHT[lang], meta={"answer_kind": "exact"}) == "think_contradicts"
