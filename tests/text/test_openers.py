from __future__ import annotations

import pytest

from stream_synth.text.openers import without_opener

TIDE = "Twice a day the sea comes up the beach."
ZH_TIDE = "每天两次，海水漫上沙滩。"


@pytest.mark.parametrize(
    "opener",
    [
        "Sure! Here is a textbook section about tides:\n\n",
        "Certainly, here's the text you asked for:\n",
        "Title: The Tides\n\n",
        "# The Tides\n\n## Introduction\n\n",
        "**Why the Sea Moves**\n\n",
        "Introduction:\n\n",
        "Chapter 3: Tides and the Moon\n\n",
        "In this chapter, we will explore how tides work. ",
        "Welcome to this unit. In this section, you will learn about tides. ",
        "This article explores the reasons for tides. ",
        "Once upon a time, ",
        "Have you ever wondered why the sea comes and goes? ",
        "---\n\n",
    ],
)
def test_an_english_opener_comes_off(opener: str) -> None:
    """Whatever stood before the matter, however many pieces it had."""
    text, taken = without_opener(opener + TIDE)

    assert (text, taken) == (TIDE, opener.strip())


@pytest.mark.parametrize(
    "opener",
    [
        "好的，以下是关于潮汐的教材内容：\n\n",
        "标题：潮汐\n\n",
        "第三章 潮汐\n\n",
        "# 潮汐\n\n引言\n\n",
        "在本章中，我们将学习潮汐是怎样形成的。",
        "本文将介绍潮汐。",
        "同学们好！",
        "很久很久以前，",
        "你有没有想过海水为什么会涨落？",
    ],
)
def test_a_chinese_opener_comes_off(opener: str) -> None:
    """As in English."""
    text, taken = without_opener(opener + ZH_TIDE)

    assert (text, taken) == (ZH_TIDE, opener.strip())


@pytest.mark.parametrize(
    "text",
    [
        TIDE,
        ZH_TIDE,
        "Sure footing matters on wet rock.",
        "In this chapter of her life she lived by the sea.",
        "Of course the moon pulls on rivers too.",
        "当然的道理往往最难证明。",
        "本章程自公布之日起施行。",
    ],
)
def test_what_is_no_opener_stays(text: str) -> None:
    """A text that begins with its matter is not touched."""
    assert without_opener(text) == (text, "")


def test_first_letter_is_a_capital_again() -> None:
    """Where a phrase was cut off a sentence; and nothing is left of an opener alone."""
    assert without_opener("Once upon a time, a crab lived here.")[0] == "A crab lived here."
    assert without_opener("# Tides\n") == ("", "# Tides")
