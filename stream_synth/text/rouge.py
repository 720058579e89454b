"""ROUGE-L between texts in any script: the longest common subsequence of their tokens, Chinese characters being tokens.

A text becomes a string with one character for each token, so that the comparison runs at rapidfuzz's speed, millions of pairs
a second. Two different tokens share a character once in a million.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from rapidfuzz.distance import Indel

from stream_synth.text.language import language
from stream_synth.text.normal import normalise
from stream_synth.text.tokens import token_hashes

# Above these two instructions are one. 0.7 is Self-Instruct's. In Chinese, on characters, unrelated instructions are less alike: the
# share of pairs above 0.60, 0.625 and 0.65 among alpaca_gpt4_en is that above 0.545, 0.60 and 0.61 among alpaca_gpt4_zh.
SAME_INSTRUCTION = {"en": 0.7, "zh": 0.65}
_SURROGATES, _SURROGATE_COUNT = 0xD800, 0x800
_CODE_POINTS = 0x110000 - _SURROGATE_COUNT


def coded(texts: Sequence[str]) -> list[str]:
    """Each text as one character for each of its tokens, spelling of width and case apart: what `rouge_l` compares."""
    hashed = token_hashes([normalise(text) for text in texts])
    points = (hashed.hashes % np.uint64(_CODE_POINTS)).astype("<u4")
    points[points >= _SURROGATES] += _SURROGATE_COUNT
    borders = hashed.offsets.tolist()
    return [points[start:end].tobytes().decode("utf-32-le") for start, end in pairwise(borders)]


def rouge_l(one: str, other: str) -> float:
    """F1 of the longest common subsequence of two coded texts, 0 to 1; 0 where either has no token."""
    # The indel similarity of two sequences is 2 LCS / (m + n), which is that F1.
    return Indel.normalized_similarity(one, other) if one and other else 0.0


def same_instruction(text: str) -> float:
    """The ROUGE-L above which another instruction is the same as this one, by its language."""
    return SAME_INSTRUCTION.get(language(text), SAME_INSTRUCTION["en"])
