"""Replies in parts: numbered lists, and texts under labels."""

from __future__ import annotations

import re
from collections.abc import Mapping

_NUMBER = re.compile(r"^[ \t*#]*(\d{1,3})[ \t]*[.、．)）:：][ \t*]*", re.MULTILINE)
_RULE = re.compile(r"\s*^[ \t]*(?:#{2,}|-{3,}|={3,})[ \t]*$\s*", re.MULTILINE)
# "Example 2", "**示例二：**": a heading that belongs to what follows it.
_HEADING = re.compile(
    r"\n*^[ \t*#]*(?:examples?|示例|例子|例)[ \t]*(?:\d+|[一二三四五])?[ \t*]*[:：]?[ \t*]*$\s*", re.MULTILINE | re.IGNORECASE
)


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

    Numbers and Markdown before a label, rules between parts and headings such as "Example 2" are left out, and so is what precedes
    the first label.
    """
    words = "|".join(re.escape(label) for label in sorted(labels, key=len, reverse=True))
    label = re.compile(rf"^[ \t*#>-]*(?:\d+[ \t]*[.、．)）][ \t]*)?({words})[ \t]*\d*[ \t*]*[:：][ \t*]*", re.MULTILINE | re.IGNORECASE)
    found = list(label.finditer(text))
    ends = [*[one.start() for one in found[1:]], len(text)]
    known = {name.lower(): meaning for name, meaning in labels.items()}
    return [(known[one[1].lower()], _bare(text[one.end() : end])) for one, end in zip(found, ends, strict=False)]


def blocks(text: str) -> list[str]:
    """The parts between rules (### or ---), without empty ones."""
    return [part.strip() for part in _RULE.split(text) if part.strip()]


def _bare(content: str) -> str:
    return _RULE.sub("\n", _HEADING.sub("\n", content)).strip()
