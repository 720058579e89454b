from __future__ import annotations

import pytest

from tests.gates.rules.judging import ASKS, EN, ZH, reason, verdict


@pytest.mark.parametrize("text", ["", "   \n", "。", "...", "<nooutput>", "N/A", "[TODO]", "待补充", "\x00"])
def test_nothing_is_empty(text: str) -> None:
    """White space, bare punctuation and placeholders are no answers."""
    assert reason(text) == "empty"


@pytest.mark.parametrize("text", ["4", "是", "No", "😀", "True.", "<", "None"])
def test_a_short_answer_is_an_answer(text: str) -> None:
    """A digit, a word, a sign can be all there is to say."""
    assert reason(text) == ""


def test_length_bounds_can_be_set() -> None:
    """Both bounds act on the answer, the upper one on the thinking too; evidence gives both numbers."""
    assert reason("yes", options={"min_chars": 10}) == "length"
    assert verdict(EN, options={"max_chars": 50}).evidence == {"chars": len(EN), "max_chars": 50}
    assert reason("It is so.", reasoning=EN, options={"max_chars": 50}) == "length"


@pytest.mark.parametrize(
    "text",
    [
        "I'm sorry, but as an AI language model, I cannot help with that.",
        "As an AI developed by OpenAI, I don't have the ability to do that.",
        "Sorry, I can't assist with that request.",
        "I cannot provide instructions for this.",
        "Unfortunately, I am not able to answer this question.",
        "抱歉，作为一个人工智能语言模型，我无法完成这个请求。",
        "对不起，我不能回答这个问题。",
        "作为AI助手，我没有能力提供法律意见。",
        "我无法帮助您完成这件事。",
    ],
)
def test_refusals_are_found_in_both_languages(text: str) -> None:
    """An answer that only refuses is none, whatever the language of the prompt."""
    assert reason(text) == reason(text, prompt=ASKS["zh"]) == "refusal"


@pytest.mark.parametrize(
    "text",
    [
        "She said sorry, but he cannot forgive her. The story ends there.",
        "I'm sorry to hear that. Rest, drink water and see a doctor if the fever stays.",
        "Sorry, I cannot tell without more information. Could you provide the text?",
        "As an AI, I cannot taste food. However, here are three dishes that people praise: curry, ramen and paella. All are easy to cook.",
        "抱歉，您没有提供文章的内容。请提供文本，我会为您总结。",
        "我是一种人工智能，不能吃东西。",
        "对不起是一句道歉的话，用来表示歉意。",
        "人们不能没有水，因为水是生命之源。",
    ],
)
def test_apologies_that_go_on_are_answers(text: str) -> None:
    """Sympathy, a question back, a reservation before the answer, and the words inside a sentence are no refusals."""
    assert reason(text) != "refusal"
    assert reason(text, prompt=ASKS["zh"]) != "refusal"


def test_what_the_provider_withheld_is_a_refusal() -> None:
    """finish_reason content_filter rejects whatever text came with it."""
    assert reason(EN, finish_reason="content_filter") == "refusal"


def test_running_out_of_tokens_is_never_complete() -> None:
    """finish_reason length rejects the soundest text."""
    assert verdict(EN, finish_reason="length").evidence == {"finish_reason": "length"}


@pytest.mark.parametrize(
    "text",
    [
        EN + " Another way that many people",
        EN + " For example, turn off the light, the",
        "```python\nfor index in range(3):\n    print(index)",
        "1. Close the windows when you leave the house.\n2. Turn the heating down at night.\n3. Wash all of your clothes at",
        "Here is the list:\n1. One thing that matters.\n2.",
        ZH + "另外，您还可以在不使用电器的时候",
        "1. 冬天离开家的时候关好门窗。\n2. 晚上睡觉之前把暖气调低一些。\n3. 尽量使用低温来洗衣",
        "主要的方法包括关灯、关窗、使用节能灯、",
        "One way to save a lot of energy at home is to turn off the",
        "在家里节约能源的方法有很多，最重要的是关好门窗以及",
        "A simple way of saving energy at home is to reduc",
    ],
)
def test_text_that_stops_short_is_unfinished(text: str) -> None:
    """An open sentence, list, code block or enumeration at the end is found without a finish reason."""
    assert reason(text, prompt="怎么节约能源 energy") == "unfinished"


@pytest.mark.parametrize(
    "text",
    [
        EN,
        ZH,
        "Paris",
        "北京",
        "- apples\n- pears\n- plums",
        "Dear Ms Smith,\n\nThank you for your letter. I will come on Monday.\n\nBest regards,\nJohn Miller",
        "She earns 9 * 2 = 18 dollars. So the answer is 18",
        "```python\nprint(1)\n```",
        "Read more at the library. See https://example.org/help",
        "“Be yourself. Everyone else is taken.” - Oscar Wilde",
        "Roses are red,\nViolets are blue,\nSugar is sweet\nAnd so are you",
        "15\n9\n8\n4\n0",
        "静夜思\n床前明月光\n疑是地上霜\n举头望明月\n低头思故乡",
        "We had a good day. #holiday #sun #beach",
    ],
)
def test_complete_texts_need_no_full_stop(text: str) -> None:
    """Names, lists, letters, formulas, code, addresses, quotations, poems and hash tags end as they like."""
    assert reason(text, prompt="请写一段话 text") == ""


@pytest.mark.parametrize(
    "text",
    [
        "Python 中的字典类型是 dict",
        "要在文本里查找和替换 可以用 awk 和 sed",
        "To close the window without saving press esc",
        "These animals live in the forest:\n1. Brown bear\n2. Red fox\n3. Indian wild boar",
    ],
)
def test_the_beginning_of_a_word_may_be_a_word(text: str) -> None:
    """Names of commands and types, in Chinese sentences too, and names of things at the end of a short item."""
    assert reason(text) != "unfinished"
