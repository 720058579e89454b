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
_FENCED = re.compile(r"```[^\n]*\n(.*?)(?:```|\Z)", re.DOTALL)
_MIN_SPACED_LINES, _SPACED_SHARE = 15, 0.45  # code whose every line is followed by an empty one; sound code has one line in five
_MIN_COMMANDS, _COMMAND_SHARE = 5, 0.01  # backslashes of LaTeX, by characters: MATH has 0.04
_ASKS_TO_REPEAT = re.compile(r"\brepeat|\btimes\b|over and over|重复|[遍次]", re.IGNORECASE)
_ASKS_TO_DRAW = re.compile(r"流程图|示意图|字符画|\bascii\b|diagram|flow ?chart", re.IGNORECASE)  # boxes and arrows
_CHANT_CHARS, _CHANT_SHARE = 100, 0.2  # a chant this long, or this much of the text; a laugh is shorter
_SHORT = 60  # characters: texts below have no distinct share
# "3. 3. 3. 3. 3." at the end, too short for a loop of sentences: six times, with a letter or a digit and something that sets them apart.
_TICKS = re.compile(r"(?<!\w)(\w{1,12}[^\w\n]{1,3})\1{5,}\w{0,12}\W{0,3}\Z")
_MIN_TICKS = 18  # characters


def repeats(reading: Reading, options: RuleOptions) -> Evidence | None:
    """The answer says the same again and again: by distinct windows, by compression, or in a loop at its end."""
    evidence = _repetition(reading, options)
    return evidence if evidence and not _ASKS_TO_REPEAT.search(reading.sample.prompt) else None


def _repetition(reading: Reading, options: RuleOptions) -> Evidence | None:
    text, distinct = reading.sample.response, reading.response.distinct
    loop = tail_loop(text) if options.max_tail_loop else None
    if loop is not None:
        return {"loop": excerpt(loop[0]), "times": loop[1]}
    if distinct >= _WORTH_COMPRESSING or _ASKS_TO_DRAW.search(reading.sample.prompt):
        return None
    least, most = _bounds(reading, options)
    if distinct < least:
        return {"distinct_share": round(distinct, 3), "min_distinct_share": least}
    ratio = max(map(compression_ratio, windows(text)))
    return {"compression_ratio": round(ratio, 2), "max_compression_ratio": most} if ratio > most else None


def _bounds(reading: Reading, options: RuleOptions) -> tuple[float, float]:
    """The least share of distinct windows and the greatest compression for text of this kind."""
    text = reading.sample.response
    if "```" in text and len(reading.outside_code) < len(text) / 2:
        return options.min_distinct_share, options.max_compression_ratio_code
    if text.count("\\") >= max(_MIN_COMMANDS, _COMMAND_SHARE * len(text)):
        return options.min_distinct_share_maths, options.max_compression_ratio_maths
    if reading.response.kinds[Kind.HAN] > 0.5 * len(text):
        return options.min_distinct_share_zh, options.max_compression_ratio_zh
    return options.min_distinct_share, options.max_compression_ratio


def blanks(reading: Reading, options: RuleOptions) -> Evidence | None:
    """White space where text should be: a long run of it, or an empty line after each line of code."""
    if "```" in reading.sample.response and "\n\n" in reading.sample.response:
        for block in _FENCED.findall(reading.sample.response[:20_000]):
            lines = block.strip().splitlines()
            empty = sum(not line.strip() for line in lines)
            if len(lines) >= _MIN_SPACED_LINES and empty >= _SPACED_SHARE * len(lines):
                return {"lines": len(lines), "empty_lines": empty}
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
    ticks = _TICKS.search(text[-200:])
    if ticks and len(ticks[0]) >= _MIN_TICKS and not _ASKS_TO_REPEAT.search(reading.sample.prompt):
        return {"phrase": excerpt(ticks[1]), "times": len(ticks[0]) // len(ticks[1])}
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
