"""Loops and stacked phrases."""

from __future__ import annotations

import re

from stream_synth.gates.rules.options import RuleOptions
from stream_synth.gates.rules.reading import Evidence, Reading, Rule, excerpt
from stream_synth.text import WINDOW, Kind, compression_ratio, tail_loop, windows

# Below this share of distinct 8-character windows a text may compress beyond 2: above it, deflate has nothing to find.
_WORTH_COMPRESSING = 0.8
_STACKED = re.compile(r"(\w[^\n]{0,11}?)\1{5,}")
_SYMBOLS = re.compile(r"([<>{}#~^]{2,4})[ \t]+\1(?:[ \t]+\1)*(?![\w<>{}#~^])")
_MAX_SYMBOL_RUNS = 2  # "<<  <<  <<" and the like: once or twice they may be drawn
_BLANKS = re.compile(r"\s{100,}")
_ASKS_TO_REPEAT = re.compile(r"\brepeat|\btimes\b|over and over|重复|[遍次]", re.IGNORECASE)
_CHANT_CHARS, _CHANT_SHARE = 100, 0.2  # a chant this long, or this much of the text; a laugh is shorter
_SHORT = 100  # characters: texts below have no distinct share


def repeats(reading: Reading, options: RuleOptions) -> Evidence | None:
    """The answer says the same again and again: by distinct windows, by compression, or in a loop at its end."""
    text, distinct = reading.sample.response, reading.response.distinct
    evidence = _repetition(text, distinct, options)
    return evidence if evidence and not _ASKS_TO_REPEAT.search(reading.sample.prompt) else None


def _repetition(text: str, distinct: float, options: RuleOptions) -> Evidence | None:
    if distinct < options.min_distinct_share:
        return {"distinct_share": round(distinct, 3), "min_distinct_share": options.min_distinct_share}
    loop = tail_loop(text) if options.max_tail_loop else None
    if loop is not None:
        return {"loop": excerpt(loop[0]), "times": loop[1]}
    if distinct < _WORTH_COMPRESSING:
        ratio = max(map(compression_ratio, windows(text)))
        if ratio > options.max_compression_ratio:
            return {"compression_ratio": round(ratio, 2), "max_compression_ratio": options.max_compression_ratio}
    return None


def blanks(reading: Reading, options: RuleOptions) -> Evidence | None:
    """White space where text should be."""
    kinds, text = reading.response.kinds, reading.sample.response
    if kinds[Kind.SPACE] + kinds[Kind.NEWLINE] <= options.max_blank_run:
        return None
    longest = max((len(run.group()) for run in _BLANKS.finditer(text)), default=0)
    return {"blanks_in_a_row": longest, "max_blank_run": options.max_blank_run} if longest > options.max_blank_run else None


def stacked(reading: Reading, options: RuleOptions) -> Evidence | None:
    """One phrase over and over without a pause, as in 加油加油加油加油加油加油; a laugh inside a longer text passes."""
    text = reading.sample.response
    if "<<" in text or "##" in text or "~~" in text or "{{" in text:
        symbols = _SYMBOLS.findall(reading.outside_code[:20_000])
        if len(symbols) > _MAX_SYMBOL_RUNS:
            return {"phrase": symbols[0], "runs": len(symbols)}
    if len(text) >= _SHORT and reading.response.distinct > _distinct_with_chant(len(text)):
        return None
    for match in _STACKED.finditer(text[:20_000]):
        unit, whole = match[1], match[0]
        times = len(whole) // len(unit)
        if times > options.max_stacked and len(whole) >= 12 and len(whole) >= min(_CHANT_CHARS, _CHANT_SHARE * len(text)):
            return {"phrase": excerpt(unit), "times": times}
    return None


def _distinct_with_chant(chars: int) -> float:
    """The share of distinct windows that a text of this length has at most when it holds a chant: all but 20 of its windows repeat."""
    return 1 - (min(_CHANT_CHARS, _CHANT_SHARE * chars) - 20) / min(chars, WINDOW)


RULES = (Rule("repeats", repeats), Rule("blanks", blanks), Rule("stacked", stacked))
