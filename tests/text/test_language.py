from __future__ import annotations

import pytest

from stream_synth.text import language, language_shares


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("如何在家中节约能源？", "zh"),
        ("How do I save energy at home?", "en"),
        ("家でエネルギーを節約するにはどうすればいいですか", "ja"),
        ("집에서 에너지를 절약하는 방법", "ko"),
        ("Как экономить энергию дома?", "ru"),
        ("深入了解 bringing home the bacon 这个成语的意思和用法。", "zh"),
        ("", ""),
        ("42 + 1 = 43", ""),
    ],
)
def test_the_language_with_most_words_wins(text: str, expected: str) -> None:
    """A few words of another script do not change the language; numbers have none."""
    assert language(text) == expected


def test_code_formulas_and_addresses_do_not_count() -> None:
    """A Chinese answer around a long program and a formula stays Chinese."""
    text = "请看下面的代码：\n```python\nfor index in range(10):\n    print(index, 'hello world')\n```\n其中 $f(x)=ax+b$，参见 https://example.org/a/b"

    assert language_shares(text) == {"zh": 1.0}
