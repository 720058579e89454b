"""Replies in labelled parts: "Thinking: ... Conclusion: ..." with labels in Chinese or English, Markdown or not."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

_BEFORE, _AFTER = r"^[ \t]*(?:[#>*_【\[]+[ \t]*)*", r"[ \t]*[*_】\]]*[ \t]*[:：][ \t]*[*_]*[ \t]*"


def labelled_parts(text: str, labels: Mapping[str, Sequence[str]]) -> dict[str, str] | None:
    """Part name to its text, from `{"conclusion": ("Conclusion", "结论")}`; labels stand at the beginning of a line, case set aside.

    None unless every part is there once, in the order given, and none is empty. Text before the first label is dropped.
    """
    found: list[tuple[str, re.Match[str]]] = []
    for name, words in labels.items():
        pattern = _BEFORE + "(?:" + "|".join(map(re.escape, words)) + ")" + _AFTER
        marks = list(re.finditer(pattern, text, re.IGNORECASE | re.MULTILINE))
        if len(marks) != 1:
            return None
        found.append((name, marks[0]))
    ends = [mark.start() for _, mark in found[1:]] + [len(text)]
    if any(mark.end() > end for (_, mark), end in zip(found, ends, strict=True)):
        return None
    parts = {name: text[mark.end() : end].strip() for (name, mark), end in zip(found, ends, strict=True)}
    return parts if all(parts.values()) else None
