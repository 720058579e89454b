"""Replies in parts: numbered lists, and texts under labels."""

from __future__ import annotations

import re
from collections.abc import Mapping

_NUMBER = re.compile(r"^[ \t*#]*(\d{1,3})[ \t]*[.、．)）:：][ \t*]*", re.MULTILINE)
# "###", and "Example 2" or "**示例二：**": lines that lead over to the next part.
_BETWEEN = re.compile(r"[*# \t]*(?:(?<=##)|-{3,}|={3,}|(?:examples?|示例|例子|例) *(?:\d+|[一二三四五])?[ *]*[:：]?[ *]*)", re.IGNORECASE)


def numbered(text: str) -> list[str]:
    """The items of a numbered list in order, whatever precedes it left out. Numbers rise: a list inside an item stays in it."""
    starts: list[tuple[int, int]] = []
    last = 0
    for found in _NUMBER.finditer(text):
        if not starts or int(found[1]) == last + 1:
            starts.append((found.start(), found.end()))
            last = int(found[1])
    ends = [*[start for start, _ in starts[1:]], len(text)]
    return [text[begin:end].strip() for (_, begin), end in zip(starts, ends, strict=False)]


def labelled(text: str, labels: Mapping[str, str]) -> list[tuple[str, str]]:
    """(meaning, content) for each label in a text such as `Input: ...`, in order; `labels` gives the meanings.

    Numbers and Markdown before a label are left out, and so are rules and headings such as "Example 2" that lead over to the next
    part, and what precedes the first label.
    """
    words = "|".join(re.escape(label) for label in sorted(labels, key=len, reverse=True))
    label = re.compile(rf"^[ \t*#>-]*(?:\d+[ \t]*[.、．)）][ \t]*)?({words})[ \t]*\d*[ \t*]*[:：][ \t*]*", re.MULTILINE | re.IGNORECASE)
    found = list(label.finditer(text))
    ends = [*[one.start() for one in found[1:]], len(text)]
    known = {name.lower(): meaning for name, meaning in labels.items()}
    return [(known[one[1].lower()], _bare(text[one.end() : end])) for one, end in zip(found, ends, strict=False)]


def _bare(content: str) -> str:
    lines = content.strip().split("\n")
    while lines and (not lines[-1].strip() or _BETWEEN.fullmatch(lines[-1].strip())):
        lines.pop()
    return "\n".join(lines)
