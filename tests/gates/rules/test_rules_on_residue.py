from __future__ import annotations

import pytest

from tests.gates.rules.judging import ASKS, EN, ZH, reason, verdict


@pytest.mark.parametrize(
    "text", ['<div class="nav"><a href="#">Home</a></div>\n' + EN, "<p>" + ZH + "</p>", EN + "&nbsp;&nbsp;and&amp;so on."]
)
def test_markup_that_nobody_asked_for_is_residue(text: str) -> None:
    """Tags and entities around an answer."""
    assert reason(text, prompt="说说能源 energy") == "html"


def test_markup_in_code_or_on_request_passes() -> None:
    """A fenced example, a prompt about web pages, and comparison signs are fine."""
    page = "<div><p>Hello</p></div>"

    assert reason(f"Use this:\n```html\n{page}\n```") == ""
    assert reason(page, prompt="Write an HTML page that says hello.") == ""
    assert reason(page, prompt="写一个网页") == ""
    assert reason("If a < b and b > c, then nothing follows.") == ""


def test_hollow_and_ragged_tables_are_residue() -> None:
    """Rows without content, and rows of ever other width."""
    hollow = "Result:\n" + "| | | |\n" * 6
    ragged = "| a | b |\n| c |\n| d | e | f |\n| g | h | i | j |\n| k | l | m | n | o |\n"

    assert reason(hollow, options={"disable": ("repeats",)}) == "table_residue"
    assert reason(ragged) == "table_residue"
    assert reason("| name | age |\n|---|---|\n| Ann | 30 |\n| Bob | 41 |\n| Cid | 52 |") == ""


@pytest.mark.parametrize(
    "text",
    [
        EN + " Buy now and get 50% off! Free shipping. Click here to order.",
        ZH + "立即购买，限时优惠，全场包邮！加微信：energy888 免费咨询。",
    ],
)
def test_advertising_that_nobody_asked_for_is_found(text: str) -> None:
    """Calls to buy beside offers and contacts, in both languages; the prompt may ask for them."""
    assert reason(text, prompt="说说能源 energy") == "marketing"
    assert reason(text, prompt="请为这个话题写一段广告 advertisement") == ""


def test_one_such_phrase_is_no_advertisement() -> None:
    """A single offer in an explanation passes."""
    assert reason("Many shops offer free shipping today. It is a way to win customers.") == ""


@pytest.mark.parametrize(
    "text",
    [
        "<think>Let me see.</think>It is 4.",
        "It is 4.</think>",
        "<answer>4</answer>",
        "<thinking>hm",
        "The answer is 4.<|im_end|>",
        "[INST] hi [/INST] 4",
    ],
)
def test_tags_left_in_the_answer_are_damage(text: str) -> None:
    """Open, closed and half tags of every spelling, and special tokens."""
    assert reason(text) == "tags"


def test_tags_inside_the_thinking_are_damage() -> None:
    """Nested thinking was not taken apart."""
    found = verdict("It is four.", reasoning="Two and two <think> make four.")

    assert (found.reason, found.evidence["field"]) == ("tags", "reasoning")


def test_tags_in_code_or_named_by_the_prompt_pass() -> None:
    """Code blocks and inline code are left alone; a prompt that asks for a tag gets it."""
    assert reason("R1 writes `<think>` first:\n```\n<think>...</think>\n```\nThen it answers.") == ""
    assert reason("<answer>4</answer>", prompt="What is 2+2? Put it in <answer> tags.") == ""
    assert reason("2 < 3 and 5 > 4.", prompt=ASKS["en"]) == ""
