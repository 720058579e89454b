"""Multiple choice: options written under a question, and whether a question holds some."""

from __future__ import annotations

import re
from collections.abc import Mapping
from string import ascii_uppercase
from typing import Any

_LETTER = re.compile(r"(?:^|[\s(（\[【,，;；。?？])([A-E])\s?[.)）．、:：\]】]\s?(?=\S)", re.MULTILINE)


def holds_options(question: str) -> bool:
    """It lists options A and B at least, in this order: `A. red`, `(A) red`, `A、红色`."""
    letters = _LETTER.findall(question)
    return "A" in letters and "B" in letters[letters.index("A") :]


def with_options(question: str, options: Any) -> str:  # noqa: ANN401  # whatever the row holds
    """The question with its options below, a line each: a mapping of letters to texts, or a list. Anything else adds nothing."""
    if isinstance(options, Mapping):
        pairs = [(str(letter), str(text)) for letter, text in options.items()]
    elif isinstance(options, list | tuple):
        pairs = list(zip(ascii_uppercase, map(str, options), strict=False))
    else:
        return question
    return "\n".join([question, *(f"{letter}. {text}" for letter, text in pairs)])
