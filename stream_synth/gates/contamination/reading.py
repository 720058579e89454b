"""What the gate reads of a text: its n-grams, spelling, case, punctuation and option letters aside.

Items of benchmarks and rows to be judged go through the same functions, so equal texts have equal n-grams. Chinese is
read by characters, everything else by words (`text.tokens`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from stream_synth.text import Shingles, normalise, shingle_hashes

NGRAM = 5  # 5-grams find 0.99 of verbatim items at the coverage where 8-grams find 0.97: one changed word costs 5 grams, not 8
READING = 2  # version of everything here: an index made by another one cannot be compared with

# "A." "(b)" "C、" "D：" before an option. Upper-case J is the tenth option, the most that any known benchmark has (MMLU-Pro).
_OPTION = re.compile(r"(?<![^\s(\[【*:;,。，；：])[a-j](?=\s?[.)、:\]】])")
# Where options or an answer begin: at the head of a line "A. ", "(A) ", "A、"; anywhere "Answer:", "答案：".
_OPTIONS_BEGIN = re.compile(r"\n\s*[(（【\[]?A[.)、:：．）\]】]\s?\S|(?:\bAnswer|\bOptions|\bChoices|答案|选项)\s*[:：]")
_SECOND_OPTIONS = ("b.", "b)", "b、", "b:", "b]", "b】", "b .")  # whoever lists options lists a second one: a cheap look before the search


def plain(text: str) -> str:
    """Normalised, letters of options blanked. Places stay where they are unless normalisation moved them."""
    spelled = normalise(text)
    if any(mark in spelled for mark in _SECOND_OPTIONS):
        return _OPTION.sub(" ", spelled)
    return spelled


def lists_options(text: str) -> bool:
    """At least two option letters stand in the text."""
    spelled = normalise(text)
    return any(mark in spelled for mark in _SECOND_OPTIONS) and len(_OPTION.findall(spelled)) > 1


def question_of(prompt: str) -> str:
    """A prompt without the options or the answer that follow the question."""
    options = _OPTIONS_BEGIN.search(prompt)
    return prompt[: options.start()] if options and prompt[: options.start()].strip() else prompt


def grams(plain_texts: Sequence[str]) -> Shingles:
    """Hashes of every `NGRAM` tokens of every text. A shorter text has one, the whole of it."""
    return shingle_hashes(plain_texts, NGRAM)


def short(hashes: NDArray[np.uint64]) -> NDArray[np.uint32]:
    """The upper half of 64-bit hashes: of 2,000 foreign n-grams one meets one of 2 M by chance, never 60 % of an item."""
    return (hashes >> np.uint64(32)).astype(np.uint32)
