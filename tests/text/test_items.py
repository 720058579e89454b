from __future__ import annotations

import pytest

from stream_synth.text.items import items, same_name


def test_lists_of_either_language_are_read() -> None:
    """Numbers, bullets, Chinese numerals; dress and final marks go; prose around the list is no item."""
    english = "Here they are:\n1. **Tides**\n2) Waves.\n- `Currents`\n\nI hope this helps."
    chinese = "好的：\n一、潮汐。\n2、《海错图》\n3．洋流；\n以上。"

    assert items(english) == ["Tides", "Waves", "Currents"]
    assert items(chinese) == ["潮汐", "海错图", "洋流"]
    assert items("No list at all.\n1.\n") == []


@pytest.mark.parametrize(
    ("one", "other"),
    [("Waves in the sea", "Sea wave"), ("植物的光合作用", "光合作用与植物"), ("Ｔｉｄｅｓ", "tides"), ("The Moon", "moon")],
)
def test_other_words_for_the_same(one: str, other: str) -> None:
    """Order, number, small words and width make no other topic."""
    assert same_name(one) == same_name(other)


@pytest.mark.parametrize(
    ("one", "other"), [("第一次世界大战", "第二次世界大战"), ("World War I", "World War II"), ("宋代瓷器", "元代瓷器")]
)
def test_one_word_apart_is_another_topic(one: str, other: str) -> None:
    """Near is not the same."""
    assert same_name(one) != same_name(other)
