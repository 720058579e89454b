"""Windows of a document: runs of paragraphs that follow its headers, neither too short nor too long."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_SENTENCE_END = re.compile(r"[。！？!?…]+[”’」』）)\"']*|[.;；][\"')]*(?=\s)|\n")
_ATX = re.compile(r"(#{1,6})\s+(.*?)\s*#*$")
_FENCE = re.compile(r"\s*(```|~~~)")
GAP = 2  # the blank line between two paragraphs


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, or a header of level 1 to 6."""

    text: str
    level: int = 0


@dataclass(frozen=True, slots=True)
class Window:
    """A piece of a document with the headers it stands under."""

    text: str
    headers: tuple[str, ...] = ()


def markdown_blocks(lines: Iterable[str], *, headers: bool = True) -> Iterator[Block]:
    """Paragraphs between blank lines, ATX headers by themselves. Fenced code is one paragraph and holds no headers."""
    paragraph: list[str] = []
    fence = ""
    for line in lines:
        opening = _FENCE.match(line)
        if opening and (not fence or opening[1] == fence):
            fence = "" if fence else opening[1]
        header = _ATX.match(line) if headers and not fence else None
        if (header or not line.strip()) and not fence:
            if paragraph:
                yield Block("\n".join(paragraph))
                paragraph = []
            if header:
                yield Block(header[2], len(header[1]))
        else:
            paragraph.append(line.rstrip())
    if paragraph:
        yield Block("\n".join(paragraph))


def windows(blocks: Iterable[Block], min_chars: int, max_chars: int) -> Iterator[Window]:
    """Windows of `min_chars` to `max_chars` characters (code points).

    A window ends at a header once it is long enough, else where the next paragraph does not fit; a paragraph that is too long itself is
    cut after a sentence. What is left at the end joins the window before it, the two shared evenly where they are too long for one. A
    document shorter than `min_chars` gives one short window: the caller decides. Holds two windows at most.
    """
    held: Window | None = None
    for window in _greedy(blocks, min_chars, max_chars):
        if held is not None and len(window.text) < min_chars:
            joined = f"{held.text}\n\n{window.text}"
            if len(joined) <= max_chars:
                held = Window(joined, held.headers)
                continue
            first, rest = cut(joined, len(joined) // 2, max_chars)
            yield Window(first, held.headers)
            held = Window(rest, window.headers)
            continue
        if held is not None:
            yield held
        held = window
    if held is not None:
        yield held


def _greedy(blocks: Iterable[Block], min_chars: int, max_chars: int) -> Iterator[Window]:
    path: list[tuple[int, str]] = []
    text, under = "", tuple[str, ...]()
    for block in blocks:
        if block.level:
            if len(text) >= min_chars:
                yield Window(text, under)
                text = ""
            path = [*((level, name) for level, name in path if level < block.level), (block.level, block.text)]
        if not text:
            under = tuple(name for _, name in path)
        rest = block.text
        if text and len(text) + GAP + len(rest) > max_chars:
            if len(text) < min_chars:  # fill up from the next paragraph
                room = max_chars - len(text) - GAP
                first, rest = cut(rest, room, room)
                text = f"{text}\n\n{first}"
            yield Window(text, under)
            text, under = "", tuple(name for _, name in path)
        while len(rest) > max_chars:
            first, rest = cut(rest, max_chars, max_chars)
            yield Window(first, under)
        text = f"{text}\n\n{rest}" if text and rest else text or rest
    if text:
        yield Window(text, under)


def cut(text: str, wanted: int, limit: int) -> tuple[str, str]:
    """Two parts, the first at most `limit` long and near `wanted`: after a sentence, else at a space, else anywhere. None is lost."""
    ends = [match.end() for match in _SENTENCE_END.finditer(text, 0, min(len(text), limit))]
    good = [end for end in ends if end >= wanted // 2]
    if good:
        at = min(good, key=lambda end: abs(end - wanted))
    else:
        space = text.rfind(" ", wanted // 2, min(wanted, limit))
        at = space if space > 0 else min(wanted, limit)
    return text[:at].rstrip(), text[at:].lstrip()
