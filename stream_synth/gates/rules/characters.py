"""Text that is no text: wrong decoding, random characters, keyboard runs, runs of emoji."""

from __future__ import annotations

import re

from stream_synth.gates.rules.misread import misread
from stream_synth.gates.rules.options import RuleOptions
from stream_synth.gates.rules.reading import Evidence, Reading, Rule, word_set
from stream_synth.text import Kind, profiles, prose

_ASKS_FOR_EMOJI = re.compile(r"emoji|emoticon|表情|颜文字", re.IGNORECASE)
_ASKS_FOR_RANDOM = re.compile(
    r"random|encrypt|decrypt|cipher|encod|decod|base64|hash|password|scrambl|anagram|shuffl|随机|加密|解密|编码|密码|乱序|打乱",
    re.IGNORECASE,
)

_MAX_CONTROLS = 2  # a stray form feed or bell is harmless; wrong decoding leaves many
_MAX_PRIVATE = 2  # icon fonts leave one or two


def garbled(reading: Reading, options: RuleOptions) -> Evidence | None:
    """Bytes that somebody decoded wrongly: U+FFFD, mojibake of either kind, private-use and control characters."""
    text, kinds = reading.sample.response, reading.response.kinds
    if text.isascii() and not kinds[Kind.CONTROL]:
        return None
    if kinds[Kind.GARBLE]:
        replaced = text.count("\ufffd")
        if replaced > options.max_replacement_chars or kinds[Kind.GARBLE] - replaced > _MAX_PRIVATE:
            return {"undecoded_characters": kinds[Kind.GARBLE]}
    if kinds[Kind.CONTROL] > _MAX_CONTROLS or "\0" in text:
        return {"control_characters": kinds[Kind.CONTROL]}
    return misread(reading)


_KEYBOARD = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "poiuytrewq", "lkjhgfdsa", "mnbvcxz")
_KEYBOARD_RUN = re.compile("|".join(sorted({row[i : i + 6] for row in _KEYBOARD for i in range(len(row) - 5)})), re.IGNORECASE)
_FUNCTION_WORDS = word_set(
    "the of and to a in is that for it with as was on are be this have from or by not but at an they you we he she his her its which can "
    "will has had if their there more when who what so all one would about into than them some other these your my our do no such may also"
)
_WORD = re.compile("[A-Za-z]{1,24}")
_SEMICOLON_IN_WORD = re.compile(r"(?<!&)(?<![a-z0-9]{5})[a-z];[a-z]|(?:^|\s);[a-z]")
_MAX_SEMICOLONS_IN_WORDS = 1  # the key beside L; code has them too, but scores higher
_MASH_SCORE = 7.2  # of letters that are none of the keyboard's rows
_MIN_LETTER_PAIRS = 20  # below, a name or an abbreviation is the text
_FEW_LETTER_PAIRS = 60  # below, names and abbreviations still move the mean: the bound is lower by `_FEW_MARGIN`
_FEW_MARGIN = 0.5
_SUSPICIOUS_SCORE = 7.75  # 98 % of English answers lie above; only the others are read word by word
_MAX_SHUFFLED_SCORE = 7.5  # in words of four letters and more: 7.0 when their letters are in random order; 1 answer in 1,500 is below
_MIN_FUNCTION_WORDS = (
    0.15  # short words survive any shuffling: below this share it is a list, code or another language, which the table does not know
)
_MIN_STRAYS, _MIN_SCATTERED = 0.12, 30  # letters that stand alone, by all words, of which there are this many: spaces in random order
_CAMEL = re.compile("[a-z]*(?:[A-Z][a-z]{2,}){2,}|[a-z]{2,}(?:[A-Z][a-z]{2,})+")  # names in code and of firms
_INNER_CAPITAL = re.compile("[a-z][A-Z]")
_MIN_INNER_CAPITALS, _MARGIN_OF_CAPITALS = 0.12, 0.2  # share of words: a first letter that went astray; no sound answer has as many
_FEW_SHUFFLED_MARGIN = 0.4
_VOWEL = re.compile("[aeiou]", re.IGNORECASE)
_MIN_SHUFFLED_PAIRS = 30  # in longer words
_MISPLACED = re.compile(
    r"(?:^|\n)[ \t]*[,.;:!?，。、；：！？）](?![.\w])|[，。、；：（,;][ \t]*[，。、；：！？）,.;:]|[\u4e00-\u9fff] +[\u4e00-\u9fff]"
)
_MIN_HAN_PAIRS = 15
_CHINESE_MARKS = re.compile("[，。、；：！？（）,.;:!?]")
_MIN_MISPLACED = (
    0.04  # share of the marks that stand at a line's start or behind another: 0.1 in random order, none in 99 % of Chinese answers
)


def random_characters(reading: Reading, options: RuleOptions) -> Evidence | None:
    """Keyboard runs, consonant soup, English with its letters or Chinese with its characters in random order."""
    profile = reading.response
    latin = profile.letter_pairs >= 5 and profile.letter_score < _SUSPICIOUS_SCORE and profile.kinds[Kind.LATIN] > profile.kinds[Kind.HAN]
    han = profile.han_pairs >= _MIN_HAN_PAIRS and profile.han_common < options.min_common_pairs
    if not latin and not han:
        return None
    evidence = (_latin_soup(reading, options) if latin else None) or (_han_soup(reading) if han else None)
    return evidence if evidence and not _ASKS_FOR_RANDOM.search(reading.sample.prompt) else None


def _latin_soup(reading: Reading, options: RuleOptions) -> Evidence | None:
    profile, text = reading.response, reading.sample.response[:20_000]
    runs = [run.group() for run in _KEYBOARD_RUN.finditer(text)]
    if 6 * len(runs) > 0.2 * profile.kinds[Kind.LATIN]:
        return {"keyboard_runs": runs[:5]}
    if profile.letter_pairs < _MIN_LETTER_PAIRS or profile.kinds[Kind.LATIN] < 2 * profile.kinds[Kind.HAN]:
        return None
    margin = 0.0 if profile.letter_pairs >= _FEW_LETTER_PAIRS else _FEW_MARGIN
    if profile.letter_score < options.min_letter_score - margin:
        return {"letter_score": round(profile.letter_score, 2), "min_letter_score": options.min_letter_score}
    if profile.letter_score < _MASH_SCORE and len(_SEMICOLON_IN_WORD.findall(text)) > _MAX_SEMICOLONS_IN_WORDS:
        return {"letter_score": round(profile.letter_score, 2), "semicolons_in_words": True}
    return _shuffled(prose(text))


def _shuffled(text: str) -> Evidence | None:
    """English whose letters stand in random order, inside its words or over the whole text."""
    words = [word for word in _WORD.findall(text) if not _CAMEL.fullmatch(word)]
    some = max(len(words), 1)
    share = sum(word.lower() in _FUNCTION_WORDS for word in words) / some
    strays = sum(len(word) == 1 and word not in "aAI" for word in words) / some
    capitals = sum(_INNER_CAPITAL.search(word) is not None for word in words) / some
    scattered = (strays >= _MIN_STRAYS and len(words) >= _MIN_SCATTERED) or capitals >= _MIN_INNER_CAPITALS
    if share < _MIN_FUNCTION_WORDS and not scattered:
        return None
    # No names, no abbreviations: they are spelt as they like.
    # Each word once: a text about pizzas and puzzles is no soup.
    longer = profiles([" ".join({word for word in words if len(word) >= 4 and not word.istitle() and _VOWEL.search(word)})])[0]
    limit = _MAX_SHUFFLED_SCORE if longer.letter_pairs >= _FEW_LETTER_PAIRS else _MAX_SHUFFLED_SCORE - _FEW_SHUFFLED_MARGIN
    limit += _MARGIN_OF_CAPITALS if capitals >= _MIN_INNER_CAPITALS else 0.0
    if longer.letter_pairs < _MIN_SHUFFLED_PAIRS or longer.letter_score >= limit:
        return None
    return {"letter_score": round(longer.letter_score, 2), "max_shuffled_score": round(limit, 2)}


def _han_soup(reading: Reading) -> Evidence | None:
    """Characters in random order: few common pairs, and punctuation where none can stand."""
    text = reading.outside_code[:8000]
    marks, misplaced = len(_CHINESE_MARKS.findall(text)), len(_MISPLACED.findall(text))
    if not misplaced or misplaced < _MIN_MISPLACED * marks:
        return None
    return {"common_pairs": round(reading.response.han_common, 3), "misplaced_marks": misplaced}


_EMOJI = "[\U0001f300-\U0001faff\u2600-\u27bf\u2b50\u2b55]"
_EMOJI_RUN = re.compile(f"(?:{_EMOJI}[\ufe0f\u200d\U0001f3fb-\U0001f3ff\\s]*){{2,}}")
_ONE_EMOJI = re.compile(_EMOJI)
_MAX_EMOJI_SHARE = 0.3  # of what is not white space, in texts with at least ten


def emoji_run(reading: Reading, options: RuleOptions) -> Evidence | None:
    """Emoji one after the other, or more of them than text, where the prompt asks for none."""
    count = reading.response.kinds[Kind.EMOJI]
    if count <= options.max_emoji_run or _ASKS_FOR_EMOJI.search(reading.sample.prompt) or _ONE_EMOJI.search(reading.sample.prompt):
        return None
    text = reading.outside_code
    longest = max((len(_ONE_EMOJI.findall(run.group())) for run in _EMOJI_RUN.finditer(text)), default=0)
    if longest > options.max_emoji_run:
        return {"emoji_in_a_row": longest, "max_emoji_run": options.max_emoji_run}
    shown = len(_ONE_EMOJI.findall(text))
    return {"emoji": shown} if shown >= 10 and shown > _MAX_EMOJI_SHARE * len("".join(text.split())) else None


RULES = (Rule("garbled", garbled), Rule("random_characters", random_characters), Rule("emoji_run", emoji_run))
