"""Short names out of a reply's list, and the key by which two of them name the same."""

from __future__ import annotations

import re

from stream_synth.text.normal import normalise
from stream_synth.text.tokens import tokens

_ITEM = re.compile(r"^[ \t>]*(?:[-*•·]|\(?\d{1,3}[.)、．）:：]|[一二三四五六七八九十]{1,3}[、.．])[ \t]*(.+?)[ \t]*$", re.MULTILINE)
_DRESS = " \t*_`\"“”「」《》'"
_ENDS = _DRESS + ".。;；,，:："
# Words that change the wording of a topic and not the topic.
_SMALL = frozenset("a an the of in on and for to with by its their 的 与 和 及".split())  # noqa: SIM905  # a list of words reads best as words


def items(text: str) -> list[str]:
    """The items of a numbered or bulleted list in order, without number, dress and final mark; lines that are no items are left out."""
    return [name for found in _ITEM.findall(text) if (name := found.strip(_DRESS).rstrip(_ENDS).lstrip(_DRESS))]


def same_name(text: str) -> tuple[str, ...]:
    """Equal for names that hold the same words in any order and number: "Waves in the sea", "Sea wave"; 植物的光合作用, 光合作用与植物."""
    words = (word for word in tokens(normalise(text)) if word not in _SMALL)
    return tuple(sorted(word[:-1] if word.isascii() and len(word) > 3 and word.endswith("s") else word for word in words))
