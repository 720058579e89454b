"""Whether a piece of a document can be an answer: Humpback's rules for web segments, for Chinese as well as English."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from stream_synth.text.normal import normalise
from stream_synth.text.sentences import sentences
from stream_synth.text.tokens import tokens

_BOILERPLATE = re.compile(r"advertisement|forum|quick link|free newsletter|广告|论坛|友情链接|快速链接|免费订阅", re.IGNORECASE)
SAME_SENTENCE = 0.8  # Jaccard of token pairs: as near as near-duplicate rows may not be
LEAST_TOKENS = 5  # "Yes." may come twice


def unfit(text: str, fields: Mapping[str, Any], least: int, most: int) -> tuple[str, dict[str, Any]] | None:
    """(reason, evidence) when a text cannot be an answer. Its header is judged where the seed has a field `title`."""
    if not least <= len(text) <= most:
        return "too_short" if len(text) < least else "too_long", {"characters": len(text), "least": least, "most": most}
    title = str(fields["title"] or "").strip() if "title" in fields else None
    if title is not None and (not title or title.isupper() or _BOILERPLATE.search(title)):
        return "bad_header", {"title": title}
    again = repeated_sentence(text)
    return ("repeated_sentences", {"sentence": again}) if again else None


def repeated_sentence(text: str) -> str:
    """A sentence that stood in the text before, or nearly so; empty when there is none."""
    seen: list[set[tuple[str, str]]] = []
    for sentence in sentences(text):
        words = tokens(normalise(sentence))
        if len(words) < LEAST_TOKENS:
            continue
        pairs = set(pairwise(words))
        if any(len(pairs & other) >= SAME_SENTENCE * len(pairs | other) for other in seen):
            return sentence
        seen.append(pairs)
    return ""
