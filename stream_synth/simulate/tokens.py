"""How many tokens a text is, by a rule that needs no tokenizer: a quarter per character, one per CJK character."""

from __future__ import annotations

import re

CHARS_PER_TOKEN = 4  # of Latin script; the usual rule of thumb for English
_CJK = re.compile("[\u3000-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]")
_HAN = re.compile("[\u4e00-\u9fff]")


def count(text: str) -> int:
    """Tokens of a text; 0 for the empty one."""
    if text.isascii():
        return -(-len(text) // CHARS_PER_TOKEN)
    others = len(_CJK.sub("", text))
    return len(text) - others - (-others // CHARS_PER_TOKEN)


def cut(text: str, tokens: int) -> str:
    """The longest start of a text that is no more than `tokens` long."""
    low, high = 0, min(len(text), tokens * CHARS_PER_TOKEN)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if count(text[:middle]) <= tokens else (low, middle - 1)
    return text[:low]


def is_chinese(text: str) -> bool:
    """There is a Chinese character in it."""
    return not text.isascii() and _HAN.search(text) is not None
