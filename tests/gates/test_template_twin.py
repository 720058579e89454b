from __future__ import annotations

import pytest

from stream_synth.gates.embedding import Bundled
from stream_synth.gates.template_twin import TemplateTwins


@pytest.mark.parametrize(
    ("one", "other", "difference"),
    [
        ("Tom has 3 apples and 5 pears.", "Tom has 5 apples and 3 pears.", "numbers"),
        ("Tom has 3 apples and 5 pears.", "Tom has apples and 5 pears.", "numbers"),
        ("Where can I buy 3 wool rugs and 5 carpets?", "Where can I purchase 5 carpets and three wool rugs?", ""),
        ("It costs $5 now and $7 later, so I wait.", "It costs $5 today and $7 tomorrow, so I wait.", ""),
        ("Solve $x^2 + 3x = 0$.", "Solve $x^2 - 3y = 0$.", "formula"),
        ("Solve \\(\\sin x = 0\\).", "Solve \\(\\cos x = 0\\).", "formula"),
        ("Write a function that merges two sorted lists in Python.", "Write a function that merges two sorted lists in Java.", "words"),
        ("List ten apples growing in Norway.", "Could you please list the ten apple kinds that grow in Norway?", ""),
        ("请写一篇关于北京的作文，要求内容具体。", "请写一篇关于南京的作文，要求内容具体。", "words"),
        ("三个人分五个苹果", "四个人分六个苹果", "numbers"),
        ("请问怎么修改密码呢", "密码如何修改？", ""),
        ("", "", ""),
        ("\ud800\x00", "！", ""),
    ],
)
def test_what_sets_two_texts_apart(one: str, other: str, difference: str) -> None:
    """Numbers in another order count where nothing else differs; filling words and other forms of a word do not."""
    twins = TemplateTwins(Bundled())

    first, second = twins.wording(one), twins.wording(other)

    assert twins.difference(first, second) == twins.difference(second, first) == difference
