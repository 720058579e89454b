"""Sentences of Chinese and English text, without a model."""

from __future__ import annotations

import re

# Chinese marks always end a sentence; an ASCII full stop only before white space and what may begin a sentence.
_END = re.compile(r"[。！？!?…；]+[”’」』\")）]*\s*|\.+[\"'”’)]*(?=\s+[\"'“‘(\[]?[A-Z0-9\u4e00-\u9fff]|\s*$)\s*|\n+")
_ABBREVIATION = re.compile(r"(?:^|[\s(])(?:[A-Z]|Dr|Mr|Mrs|Ms|Prof|St|Jr|Sr|vs|etc|e\.g|i\.e|cf|Fig|Eq|No|Vol|al|approx)$")


def sentences(text: str) -> list[str]:
    """Sentences in order, stripped, with their final marks; a line break ends one too. Empty ones are left out."""
    found: list[str] = []
    start = 0
    for match in _END.finditer(text):
        if match.group().startswith(".") and _ABBREVIATION.search(text, max(0, match.start() - 12), match.start()):
            continue
        found.append(text[start : match.end()].strip())
        start = match.end()
    found.append(text[start:].strip())
    return [sentence for sentence in found if sentence]
