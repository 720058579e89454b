"""What a linear head sees of a row: some forty numbers about the answer's length, repetition, form and bond with the prompt.

Each is bounded, so that no strange text can outvote all the others, and each means the same in any script: lengths are in
words, a Chinese word being 1.6 characters. A text longer than two pieces of `PIECE` characters is read at both ends.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from stream_synth.gates.reward.phrases import ANSWERS_ITSELF, CONNECTIVES, EMPTY_WORDS, OPENINGS, REFUSALS, ROLE_LINES
from stream_synth.text import Kind, Profile, compression_ratio, profiles, shares_of_counts
from stream_synth.values import Sample

PIECE = 3000  # characters read at either end: a page and a half holds any habit, and 1 MB costs no more than 6,000 characters
TAIL = 600  # characters: where a model that cannot stop shows it
SQUEEZES = math.log(2.1)  # prose of a page compresses by 1.8, nine answers in ten by less than 2.2
LOOPS = math.log(2.6)  # 1 sound answer in 100 compresses better, 85 of 100 broken ones do
MIN_PAIRS = 30  # neighbouring letters before their plausibility says anything
# Knots of the length term in words: a line, a paragraph, half a page, and the cap beyond which longer is not better.
LENGTH_KNOTS = (0, 4, 15, 50, 120, 250, 800)
_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?|\d+|[\u3400-\u9fff]|[^\W\d_a-z\u3400-\u9fff]+")
_SENTENCE_END = re.compile(r"[.!?。！？]+[\s\"”’)）]*")
_LIST_LINE = re.compile(r"^\s*(?:[-*•]|\d{1,3}[.)、．]|[一二三四五六七八九十]{1,3}、)\s*\S", re.MULTILINE)
_HEADING = re.compile(r"^\s*#{1,6} |^\*\*[^*\n]{2,80}\*\*:?\s*$", re.MULTILINE)
_TAG = re.compile(r"</?[a-zA-Z][a-zA-Z0-9]{0,12}(?:\s[^<>\n]{0,200})?/?>")
_ENDS_WELL = re.compile(r"(?:[.!?。！？…;；:：)）\]】}》>\"'”’」』*`|~]|\d|[\U0001f300-\U0001faff])\s*\Z")
_SENTENCE_MARKS = re.compile(r"[,.;:!?，。；：！？、]")
_ODD = (Kind.GARBLE, Kind.CONTROL, Kind.ACCENT, Kind.OTHER, Kind.INVISIBLE)
_WORD_LETTERS = ((Kind.LATIN, 4.7), (Kind.HAN, 1.6), (Kind.KANA, 2.5), (Kind.HANGUL, 2.2), (Kind.CYRILLIC, 5.3), (Kind.LETTER, 5.0))

NAMES: tuple[str, ...] = (
    *(f"length_{low}_{high}" for low, high in pairwise(LENGTH_KNOTS)),
    "empty",
    "distinct_words",
    "repeated_words",
    "repeated_trigrams",
    "squeezes",
    "squeezes_much",
    "squeezes_at_end",
    "squeezes_little",
    "repeated_windows",
    "repeated_windows_much",
    "looping",
    "repeated_lines",
    "repeated_sentences",
    "bond",
    "bond_weighted",
    "copies_prompt",
    "starts_with_prompt",
    "other_language",
    "list_lines",
    "headings",
    "code",
    "tags",
    "lines_per_word",
    "ends_well",
    "refuses",
    "opens_kindly",
    "role_lines",
    "asks_back",
    "connectives",
    "digits",
    "odd_characters",
    "emoji",
    "no_marks",
    "long_words",
    "upper_case",
    "implausible_letters",
    "implausible_pairs",
    "sentence_length",
    "run_on",
    "answers_briefly",
)
_REPETITION = NAMES.index("distinct_words")
MONOTONE = frozenset(name for name in NAMES if name.startswith("length_"))  # longer never counts against a row


@dataclass(frozen=True, slots=True)
class Texts:
    """A prompt and its answer, cut to what is read."""

    prompt: str
    response: str
    length: int  # characters of the whole answer


def features(batch: Sequence[Sample]) -> NDArray[np.float64]:
    """One line of `len(NAMES)` finite numbers for each sample, whatever its text holds."""
    texts = [Texts(_ends(sample.prompt), _ends(sample.response), len(sample.response)) for sample in batch]
    read = profiles([text for one in texts for text in (one.prompt, one.response)])
    lines = [_line(one, read[2 * place], read[2 * place + 1]) for place, one in enumerate(texts)]
    return np.array(lines, np.float64).reshape(len(texts), len(NAMES))


def _ends(text: str) -> str:
    return text if len(text) <= 2 * PIECE else f"{text[:PIECE]}\n{text[-PIECE:]}"


def _line(texts: Texts, asked: Profile, said: Profile) -> list[float]:
    prompt, response = texts.prompt.lower(), texts.response.lower()
    kinds, characters = said.kinds, max(len(response), 1)
    words = _WORD.findall(response)
    scale = texts.length / characters  # a text read in part is as long as it is
    size = scale * sum(kinds[kind] / letters for kind, letters in _WORD_LETTERS) + kinds[Kind.DIGIT] / 4
    repetition = _repetition(response, words, said)
    looping = repetition[NAMES.index("looping") - _REPETITION]
    fresh = min(1 - repetition[NAMES.index("repeated_trigrams") - _REPETITION], said.distinct) * (1 - looping)
    return [
        *_length(size * fresh),  # a loop makes no answer longer
        float(not response.strip()),
        *repetition,
        *(part * (1 - looping) for part in _bond(prompt, response, words)),
        _other_language(asked, said),
        *_form(texts.response, response, size),
        *_characters(said, texts.response, words),
        *_sentences(response, size),
        float(0 < size < ANSWERS_ITSELF and len(prompt) < PIECE),
    ]


def _length(size: float) -> list[float]:
    """How far the length has come between each two knots, on a log scale: 0 before, 1 beyond."""
    grown = math.log1p(size)
    found = []
    for low, high in pairwise(LENGTH_KNOTS):
        start, end = math.log1p(low), math.log1p(high)
        found.append(min(max((grown - start) / (end - start), 0.0), 1.0))
    return found


def _repetition(response: str, words: list[str], said: Profile) -> list[float]:
    count = len(words)
    trigrams = list(zip(words, words[1:], words[2:], strict=False))
    ratio, at_end = math.log(compression_ratio(response)), math.log(compression_ratio(response[-TAIL:]))
    lines = [line.strip() for line in response.split("\n") if len(line.strip()) > 3]
    sentences = [part.strip() for part in _SENTENCE_END.split(response) if len(part.strip()) > 5]
    repeated = sum(first == second for first, second in pairwise(words))
    return [
        math.log1p(len(set(words))) / math.log1p(count) if count else 0.0,
        min(repeated / max(count, 1) * 5, 1.0),
        1 - len(set(trigrams)) / len(trigrams) if trigrams else 0.0,
        min(max(ratio - SQUEEZES, 0.0), 1.0),
        min(max(ratio - SQUEEZES - 0.4, 0.0), 1.5),
        min(max(at_end - SQUEEZES, 0.0), 1.5),
        min(max(0.2 - ratio, 0.0), 0.5) * 2 if count > 20 else 0.0,
        1 - said.distinct,
        max(0.6 - said.distinct, 0.0),
        _step(max(ratio, at_end) - LOOPS, 0.3) * 0.5 + _step(0.65 - said.distinct, 0.15) * 0.5,
        1 - len(set(lines)) / len(lines) if lines else 0.0,
        1 - len(set(sentences)) / len(sentences) if sentences else 0.0,
    ]


def _step(over: float, width: float) -> float:
    """0 below nothing, 1 above `width`, straight between."""
    return min(max(over / width, 0.0), 1.0)


def _bond(prompt: str, response: str, words: list[str]) -> list[float]:
    """Words of content that prompt and answer share, and how much of the answer is the prompt again."""
    asked, said = _content(prompt), _content(response)
    shared = asked & said
    whole = sum(map(len, asked))
    return [
        min(len(shared), 8) / 8,
        sum(map(len, shared)) / whole if whole else 0.5,
        max(len(shared) / len(said) - 0.3, 0.0) if said else 0.0,
        float(len(prompt) > 20 and response.strip().startswith(prompt.strip()[:60])) * float(bool(words)),
    ]


def _content(text: str) -> set[str]:
    """Words of four letters or more, cut to their first six so that endings do not matter, numbers, and pairs of Chinese characters."""
    found: set[str] = set()
    before = ""
    for word in _WORD.findall(text):
        if len(word) == 1 and word > "\u3400":
            if before:
                found.add(before + word)
            before = word
            continue
        before = ""
        if len(word) >= 4 or word.isdigit():
            found.add(word[:6])
    return found - EMPTY_WORDS


def _other_language(asked: Profile, said: Profile) -> float:
    """Share of the answer's words in no language of the prompt's."""
    spoken, answered = shares_of_counts(asked.kinds), shares_of_counts(said.kinds)
    if not spoken or not answered:
        return 0.0
    return sum(share for code, share in answered.items() if spoken.get(code, 0.0) < 0.05)


def _form(text: str, lowered: str, size: float) -> list[float]:
    bare = lowered.split("```", 1)[0]
    return [
        min(len(_LIST_LINE.findall(text)), 10) / 10,
        min(len(_HEADING.findall(text)), 5) / 5,
        float("```" in text),
        min(len(_TAG.findall(bare)), 10) / 10,
        min(text.count("\n") / max(size, 1) * 10, 3.0) / 3,
        float(bool(_ENDS_WELL.search(text[-200:]))),
        float(any(phrase in lowered[:300] for phrase in REFUSALS)),
        float(lowered.lstrip().startswith(OPENINGS)),
        min(len(ROLE_LINES.findall(text)), 4) / 4,
        float(text.rstrip().endswith(("?", "？"))),
        min(sum(lowered.count(word) for word in CONNECTIVES) / max(size, 20) * 25, 2.0) / 2,
    ]


def _characters(said: Profile, text: str, words: list[str]) -> list[float]:
    kinds = said.kinds
    visible = max(sum(kinds) - kinds[Kind.SPACE] - kinds[Kind.NEWLINE], 1)
    lengths = [len(word) for word in words]
    upper = sum(map(str.isupper, text)) / max(kinds[Kind.LATIN], 1)
    return [
        min(kinds[Kind.DIGIT] / visible, 1.0),
        min(sum(kinds[kind] for kind in _ODD) / visible * 10, 1.0),
        min(kinds[Kind.EMOJI] / visible * 10, 1.0),
        float(len(words) > 40 and len(_SENTENCE_MARKS.findall(text)) < len(words) / 80),
        min(max(sum(lengths) / max(len(lengths), 1) - 5.5, 0.0), 5.0) / 5,
        max(upper - 0.15, 0.0),
        max(7.6 - said.letter_score, 0.0) / 2 if said.letter_pairs >= MIN_PAIRS else 0.0,
        max(0.15 - said.han_common, 0.0) * 7 if said.han_pairs >= MIN_PAIRS else 0.0,
    ]


def _sentences(response: str, size: float) -> list[float]:
    """Words a sentence, as far as prose goes, and how far beyond it."""
    mean = size / max(len(_SENTENCE_END.findall(response)) + response.count("\n") / 2, 1)
    return [min(mean, 40) / 40, min(max(mean - 40, 0.0), 200.0) / 200]
