"""Short answers in words: the same but for case, punctuation and articles, as SQuAD and its kin compare them."""

from __future__ import annotations

import re

from stream_synth.verify.equality import same_answer
from stream_synth.verify.normal import normal_form

_TOKENS = re.compile(r"[\u3400-\u9fff]|[^\W_\u3400-\u9fff]+|[-./](?=\d)|[%$]")
_ARTICLES = frozenset({"a", "an", "the"})


def same_words(got: str, expected: str) -> bool:
    """Equal as answers (numbers, options, expressions), or word by word. A synonym is another answer."""
    return same_answer(got, expected) or (bool(_bare(got)) and _bare(got) == _bare(expected))


def _bare(text: str) -> list[str]:
    return [token for token in _TOKENS.findall(normal_form(text).casefold()) if token not in _ARTICLES]
