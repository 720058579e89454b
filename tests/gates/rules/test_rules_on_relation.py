from __future__ import annotations

from tests.gates.rules.judging import ASKS, EN, ZH, reason, verdict


def test_an_answer_that_is_the_prompt_is_copied() -> None:
    """The prompt again, with a comma more or less; a short greeting may be returned."""
    prompt = "Please tell me in a few words how I can save energy at home during the winter."

    assert reason(prompt.replace("Please tell", "Please, tell"), prompt=prompt) == "copied_prompt"
    assert reason(ZH.replace("。", "！", 1), prompt=ZH) == "copied_prompt"
    assert reason("Good morning!", prompt="Good morning!") == ""


def test_a_corrected_text_is_no_copy() -> None:
    """The prompt holds the text and what to do with it."""
    assert (
        reason(
            EN, prompt=f"Correct the spelling of the following text and return only the corrected text.\n{EN.replace('winter', 'wintr')}"
        )
        == ""
    )


def test_an_answer_in_another_language_is_foreign() -> None:
    """Both directions; evidence says what was expected and what came."""
    found = verdict(EN, prompt=ASKS["zh"])

    assert (found.reason, found.evidence["expected"], found.evidence["got"]) == ("foreign_language", "zh", "en")
    assert reason(ZH, prompt=ASKS["en"]) == "foreign_language"


def test_translations_code_and_names_may_be_foreign() -> None:
    """A prompt that names a language, asks for code or quotes foreign words, and short answers."""
    assert reason(EN, prompt="把下面这段话翻译成英文：在家节约能源。") == ""
    assert reason(ZH, prompt="Answer in Chinese: how do I save energy?") == ""
    assert (
        reason(
            "def f(values):\n    return [value * 2 for value in values if value > 0 and value < 100]\n\nprint(f([1, 2, 3]))",
            prompt="写一个函数",
        )
        == ""
    )
    assert reason(EN, prompt="解释 energy saving at home") == ""
    assert reason("Albert Einstein", prompt="谁提出了相对论？") == ""


def test_thinking_in_another_language_is_foreign() -> None:
    """Mostly English thinking on a Chinese question; a Chinese answer with formulas is not."""
    assert reason(ZH, prompt=ASKS["zh"], reasoning=EN) == "foreign_thinking"
    assert reason(ZH, prompt=ASKS["zh"], reasoning=EN, options={"max_foreign_thinking": 1.0}) == ""
    assert (
        reason(
            "是12。",
            prompt="三乘四等于多少？",
            reasoning="三乘四就是三个四相加，$x = 4 + 4 + 4 = 12$，" * 2 + "所以答案就是十二，可以用 `print(3 * 4)` 来检查这个结果。",
        )
        == ""
    )


def test_a_passage_given_back_without_its_question_is_an_answer() -> None:
    """Who asks and adds the passage may be answered with it; an echo gives back the question too."""
    assert reason(EN, prompt="Why?\n" + EN) == ""
    assert reason(ZH, prompt="怎么节能？\n" + ZH) == ""
    assert reason("Why?\n" + EN, prompt="Why?\n" + EN) == "copied_prompt"


def test_names_in_other_letters_after_a_chinese_introduction_are_no_foreign_answer() -> None:
    """A list of names keeps their spelling."""
    names = "\n".join(
        f"{n}. {name}"
        for n, name in enumerate(
            ("Ayumi Hamasaki", "Namie Amuro", "Perfume", "サカナクション", "Mr. Children", "Kenshi Yonezu", "Babymetal") * 2, 1
        )
    )

    assert (
        reason("这里有一些日本流行的音乐艺术家的名字：\n" + names, prompt="日本流行音乐艺术家的名字。", options={"disable": ("repeats",)})
        == ""
    )
