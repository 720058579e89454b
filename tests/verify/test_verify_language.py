"""Language by script, and mixing."""

from __future__ import annotations

import pytest

from stream_synth.verify import language_mixing, language_of, language_share, names_a_language

ZH = "小明有三个苹果，又买了五个，现在一共有八个苹果。"
EN = "Tom had three apples and bought five more, so now he has eight of them."


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        (ZH, "zh"),
        (EN, "en"),
        ("用 Python 写一个 quick sort 函数", "zh"),
        ("What does 你好 mean when friends meet?", "en"),
        ("これはペンです。", "ja"),
        ("안녕하세요 세계", "ko"),
        ("Привет, мир", "ru"),
        ("12 + 3", "en"),
        ("", "en"),
    ],
)
def test_language_is_told_by_script(text: str, lang: str) -> None:
    """A third of the units in Chinese characters make a Chinese text."""
    assert language_of(text) == lang


def test_share_is_of_words_in_the_language() -> None:
    """Clean prose has share 1, foreign prose 0, in both directions."""
    assert language_share(ZH, "zh") == 1.0
    assert language_share(EN, "en") == 1.0
    assert language_share(EN, "zh") == 0.0
    assert language_share(ZH, "en") == 0.0


@pytest.mark.parametrize(
    "foreign",
    [
        "```python\nprint(value)\nreturn result\n```",
        "`some_name`",
        "$\\alpha + beta$",
        "\\frac{top}{bottom}",
        "https://example.org/a/page",
        "x y z",
        "DNA GPT",
    ],
)
def test_what_is_no_prose_is_not_counted(foreign: str) -> None:
    """Code, LaTeX, addresses, variables and abbreviations belong to no language."""
    assert language_share(f"{ZH}{foreign} {ZH}", "zh") == 1.0


def test_too_little_prose_says_nothing() -> None:
    """A bare result has no language."""
    mixing = language_mixing("", "$\\boxed{8}$", "zh")

    assert (mixing.think, mixing.answer) == (None, None)


@pytest.mark.parametrize("question", ["把这句话翻译成英文：我饿了", "Translate to Chinese: I am hungry", "How do you say this in French?"])
def test_translations_are_known_by_their_wording(question: str) -> None:
    """Such a question may be answered in another language."""
    assert names_a_language(question)
    assert not names_a_language("小明有几个苹果？")


def test_hostile_text_takes_no_time() -> None:
    """Openings that never close stay linear."""
    for text in ("\\(" * 50_000, "$" * 100_001, "a" * 100_000, "a@" * 50_000, "\\a{" * 30_000):
        language_share(text, "en")
