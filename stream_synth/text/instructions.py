"""Which tasks and instances Self-Instruct and Alpaca throw away, for Chinese as well as English.

The official filters ask for an ASCII first letter and count words at spaces, which deletes Chinese; here lengths are words or
Chinese characters at 1.4 to the word, and a task must be in the language that was asked for.
"""

from __future__ import annotations

import re

from rapidfuzz.distance import Indel

from stream_synth.text.language import language
from stream_synth.text.length import words
from stream_synth.text.normal import squeezed

LEAST_WORDS, MOST_WORDS = 3, 150  # of an instruction: more than three, at most 150 (Self-Instruct)
MOST_INSTANCE_WORDS = 300  # of an input and of an output: what the 350 tokens hold that Self-Instruct grants an instance
REPEATS = 0.9  # an output so like its input is no answer
# What a language model cannot see, open or draw (Self-Instruct), and what it cannot hear or play (added by Alpaca).
_UNSEEN = {
    "en": "images?|graphs?|pictures?|files?|maps?|draw|plot|go to",
    "zh": "图片|图像|图表|图形|照片|文件|地图|画出|画一|绘制|绘图|作图|前往",
}
_UNHEARD = {"en": "videos?|audio|music|flowcharts?|diagrams?", "zh": "视频|音频|音乐|流程图|示意图|图解"}
_PROGRAM = re.compile(r"(?:please )?write a program|(?:请)?(?:编写|写|写出)一[个段]?程序", re.IGNORECASE)
_NOTHING = frozenset({"", "<noinput>", "<无输入>", "noinput", "none", "n/a", "无", "无输入"})


def task_fault(instruction: str, lang: str, *, media: bool = False) -> str:
    """Why an instruction is no task to keep, "" where it is one; `media` adds Alpaca's words.

    Reasons: `too_short`, `too_long`, `unseen` (pictures, files and so on), `program`, `bad_start` (punctuation), `other_language`.
    """
    length = words(instruction)
    if length <= LEAST_WORDS:
        return "too_short"
    if length > MOST_WORDS:
        return "too_long"
    if _unseen(media=media).search(instruction):
        return "unseen"
    if _PROGRAM.match(instruction):
        return "program"
    if not instruction[0].isalnum() and instruction[0] not in "“\"'‘《「":
        return "bad_start"
    return "other_language" if lang in _UNSEEN and language(instruction) != lang else ""


def instance_fault(given: str, output: str) -> str:
    """Why an input and its output are no instance to keep, "" where they are one.

    Reasons: `no_output`, `open_end` (one of them ends in a colon), `repeats_input`, `input_too_long`, `output_too_long`.
    """
    if not output:
        return "no_output"
    if given.endswith((":", "：")) or output.endswith((":", "：")):
        return "open_end"
    if given and Indel.normalized_similarity(squeezed(given), squeezed(output)) >= REPEATS:
        return "repeats_input"
    if words(given) > MOST_INSTANCE_WORDS:
        return "input_too_long"
    return "output_too_long" if words(output) > MOST_INSTANCE_WORDS else ""


def contradictory(instances: list[tuple[str, str]]) -> bool:
    """One input that is not empty has two different outputs: nothing of the task can be trusted."""
    outputs: dict[str, set[str]] = {}
    for given, output in instances:
        if given:
            outputs.setdefault(squeezed(given), set()).add(squeezed(output))
    return any(len(different) > 1 for different in outputs.values())


def real_input(given: str) -> str:
    """The input, or "" where the model wrote that there is none."""
    return "" if given.strip(" .。()（）").lower() in _NOTHING else given.strip()


def _unseen(*, media: bool) -> re.Pattern[str]:
    lists = [_UNSEEN, *([_UNHEARD] if media else [])]
    en, zh = ("|".join(words[lang] for words in lists) for lang in ("en", "zh"))
    return re.compile(rf"\b(?:{en})\b|{zh}", re.IGNORECASE)
