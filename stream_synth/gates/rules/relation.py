"""The answer beside its prompt: copied from it, or in another language."""

from __future__ import annotations

import re
from collections.abc import Mapping

from rapidfuzz import fuzz

from stream_synth.gates.rules.options import RuleOptions
from stream_synth.gates.rules.reading import Evidence, Reading, Rule
from stream_synth.text import Kind
from stream_synth.verify import names_a_language

_MIN_COPY_CHARS = 25  # shorter answers repeat their prompt by right: a greeting, a word to spell
_MIN_QUESTION_CHARS = 4  # 翻译一下: shorter lines are marks
_MAX_COMPARED = 4000  # characters: similarity of the beginnings is similarity enough


def similar(one: str, other: str, limit: float) -> float:
    """Similarity of two texts from 0 to 1 when it reaches `limit`, else 0."""
    one, other = one.strip()[:_MAX_COMPARED], other.strip()[:_MAX_COMPARED]
    shorter, longer = sorted((len(one), len(other)))
    if not shorter or 2 * shorter < limit * (shorter + longer):  # the ratio is at most 2·shorter / (shorter + longer)
        return 0.0
    return fuzz.ratio(one, other, score_cutoff=100 * limit) / 100


def copied_prompt(reading: Reading, options: RuleOptions) -> Evidence | None:
    """The answer is the prompt again."""
    sample = reading.sample
    if len(sample.response) < _MIN_COPY_CHARS:
        return None
    similarity = similar(sample.prompt, sample.response, options.max_prompt_similarity)
    if similarity and _leaves_out_the_question(sample.prompt, sample.response):
        return None
    return {"similarity": round(similarity, 3), "max_prompt_similarity": options.max_prompt_similarity} if similarity else None


def _leaves_out_the_question(prompt: str, response: str) -> bool:
    """A question with a passage, and the passage is the answer: what was asked is not repeated, so that it is no echo."""
    lines = [line.strip() for line in prompt.splitlines() if line.strip()]
    return len(lines) > 1 and any(len(line) >= _MIN_QUESTION_CHARS and line not in response for line in (lines[0], lines[-1]))


_MIN_WORDS = 20.0  # of the answer: fewer may be a name, a title, a line of code
_LETTERS_PER_WORD = 4.7
_ASKS_FOR_CODE = re.compile(r"代码|程序|函数|脚本|编程|算法|网页|命令|公式|\bcode\b", re.IGNORECASE)


def foreign_language(reading: Reading, options: RuleOptions) -> Evidence | None:
    """The answer is in another script than the prompt, which asks for no translation and names no language."""
    han, latin = reading.response.kinds[Kind.HAN], reading.response.kinds[Kind.LATIN]
    asked_han, asked_latin = reading.prompt.kinds[Kind.HAN], reading.prompt.kinds[Kind.LATIN]
    if (not asked_han and not han) or (asked_han > asked_latin and han > latin):
        return None  # both in Latin letters or both in Chinese, as most rows are
    if han / 1.6 + latin / _LETTERS_PER_WORD < _MIN_WORDS:
        return None
    if asked_han > asked_latin and han * _LETTERS_PER_WORD > (1 - options.max_foreign_share) * latin * 1.6:
        return None  # an introduction in Chinese before a list of names in Latin letters or kana
    if reading.prompt.letter_pairs and han == 0:
        return None  # a prompt with words of another script may be about them
    return (
        None if _ASKS_FOR_CODE.search(reading.sample.prompt) else _foreign(reading, reading.response_languages, options.max_foreign_share)
    )


def foreign_thinking(reading: Reading, options: RuleOptions) -> Evidence | None:
    """The thinking is mostly in another script than the prompt."""
    if len(reading.sample.reasoning) < 100:
        return None
    return _foreign(reading, reading.reasoning_languages, options.max_foreign_thinking)


def _foreign(reading: Reading, shares: Mapping[str, float], limit: float) -> Evidence | None:
    asked = reading.prompt_languages
    if not asked or not shares:
        return None
    expected = max(asked, key=lambda code: asked[code])
    foreign = 1 - shares.get(expected, 0.0)
    if asked[expected] < 0.7 or foreign <= limit or names_a_language(reading.sample.prompt):
        return None
    return {"expected": expected, "got": max(shares, key=lambda code: shares[code]), "foreign_share": round(foreign, 3), "limit": limit}


RULES = (Rule("copied_prompt", copied_prompt), Rule("foreign_language", foreign_language), Rule("foreign_thinking", foreign_thinking))
