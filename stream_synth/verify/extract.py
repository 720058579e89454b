"""The final answer of a solution, in Chinese or English, boxed or spoken."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, TypeAlias

TAIL_CHARS = 20_000  # an answer stands near the end; reading further back only costs time
MAX_ANSWER_CHARS = 600  # longer than any gold of MATH (157) or GSM8K (8); what is longer is prose
How: TypeAlias = Literal["boxed", "hashes", "stated", "whole", "last_number"]

_BOX = re.compile(r"\\(?:boxed|fbox)\s*")
_HASHES = re.compile(r"####[ \t]*([^\n]+)")
_COLON = r"[ \t]*[:：=]?[ \t]*"
_STATED = re.compile(
    r"(?:final answer|correct answer|correct option|correct choice|answer|result)\**"
    r"(?:[ \t]*(?:to|for) (?:the|this) (?:question|problem))?[ \t]*\**[ \t]*"
    r"(?:(?:is|are|was|equals|would be|will be|should be)\b(?: therefore| thus| simply| option| choice)?|[:：=])"
    rf"{_COLON}"
    r"|(?:最终答案|正确答案|参考答案|标准答案|最后答案|答案|正确选项|最终结果|最后结果|结果)\**[ \t]*"
    r"(?:应该是|应当是|应为|应是|就是|等于|选择|选项|应选|是|为|选|[:：=])"
    rf"{_COLON}"
    r"|(?:故|因此|所以|综上|应该|应当|正确的?)(?:本题|此题|答案)?[,，]?[ \t]*(?:选择|应选|选)"
    rf"{_COLON}"
    rf"|(?:本题|此题)选{_COLON}"
    r"|^[#*\t ]*(?:final answer|answer|最终答案|答案)[*\t ]*$",  # as a heading above it
    re.IGNORECASE | re.MULTILINE,
)
# A sentence ends at CJK punctuation, at a line's end, or at a full stop or "!" before a space: 3.5 and \frac{1}{5!} go on.
_SENTENCE_END = re.compile(r"(?<!\\)[。！？；?;\n]|(?<!\\)[.!](?=\s|$|\*|\")")
_NUMBER = re.compile(r"[-−－]?[$¥￥€£]?(?:\d{1,3}(?:[,，]\d{3})+|\d+)(?:[.．]\d+)?(?:[ \t]*/[ \t]*\d+)?[ \t]*%?")
# "18 eggs, because ..." and "9 * 2 = 18": where a spoken answer that starts with a number or an option goes on to explain itself.
_EXPLAINS = re.compile(
    r"(?:[,，] ?| )(?:because|since|which|so|as|where|that|making|because of)\b|[,，] ?(?=[A-Za-z]{2}|[\u4e00-\u9fff])|因为|，所以"
)
_EQUATION = re.compile(r"^[-+*/×÷=() \d.,$¥%]+=[ \t]*(?=[-$¥\d])")
# "We are given that the answer is 2": a premise, not a conclusion.
_PREMISE = re.compile(
    r"(?:given|if|suppose|assume|know|knowing|已知|知道|如果|假设|若)(?: that)?[ ,，]*(?:the |this |our |its |题目的?)?$", re.IGNORECASE
)
_LABEL = re.compile(r"^(?:the (?:final )?answer is|answer|答案)[ \t]*[:：是为]?[ \t]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FinalAnswer:
    """What a text gives as its answer. `last_number` is a guess and worth less than what was stated."""

    text: str
    how: How

    @property
    def guessed(self) -> bool:
        """Nothing was stated; the last number was taken."""
        return self.how == "last_number"


def final_answer(text: str) -> FinalAnswer | None:
    r"""The answer a solution ends in, or None when it gives none.

    In order of trust: the last `\boxed{}`, the last `####` line, the last statement such as "The answer is 7", `答案是18。`,
    `故选 A`, and at last the last number. Reads the last `TAIL_CHARS` characters only.
    """
    tail = text[-TAIL_CHARS:]
    boxed = _last_boxed(tail)
    if boxed:
        return FinalAnswer(boxed, "boxed")
    hashes = _HASHES.findall(tail)
    if hashes and hashes[-1].strip(" #"):
        return FinalAnswer(hashes[-1].strip()[:MAX_ANSWER_CHARS], "hashes")
    stated = _last_stated(tail)
    if stated:
        return FinalAnswer(stated, "stated")
    numbers = list(_NUMBER.finditer(tail))
    return FinalAnswer(numbers[-1][0].strip(), "last_number") if numbers else None


def gold_answer(answer: str) -> FinalAnswer | None:
    r"""The answer in a data set's own answer field: marked (`####`, `\boxed{}`, "The answer is"), or the whole of a short field.

    None for prose: an open answer, which equality cannot judge.
    """
    found = final_answer(answer)
    if found and not found.guessed:
        return found
    whole = _LABEL.sub("", answer.strip()).strip()
    # A gold that is an answer and not an explanation: one line of at most eight words or forty characters of any script.
    if whole and "\n" not in whole and len(whole) <= 80 and len(whole.split()) <= 8 and not _is_sentence(whole):
        return FinalAnswer(whole, "whole")
    return None


def only_number(statement: str) -> str:
    """The one number in a spoken answer ("that she sold 72 clips"), or empty when it holds none or several."""
    numbers = _NUMBER.findall(statement)
    return numbers[0].strip() if len(numbers) == 1 else ""


def _is_sentence(text: str) -> bool:
    """Chinese is written without spaces, so its length is counted in characters."""
    han = sum("\u4e00" <= letter <= "\u9fff" for letter in text)
    return han > 20 or text.endswith(("。", "？", "?", "！"))


def _last_boxed(tail: str) -> str:
    for mark in reversed(list(_BOX.finditer(tail))):
        inside = _braced(tail, mark.end())
        if inside is None and mark.end() < len(tail) and tail[mark.end()] != "{":
            inside = re.split(r"[\s$。，,]", tail[mark.end() : mark.end() + MAX_ANSWER_CHARS], maxsplit=1)[0]
        if inside and inside.strip():
            return inside.strip()[:MAX_ANSWER_CHARS]
    return ""


def _braced(text: str, start: int) -> str | None:
    """What stands between the brace at `start` and its partner; None when there is no brace or no partner."""
    if not text.startswith("{", start):
        return None
    depth, escaped = 0, False
    for position in range(start, min(len(text), start + 4 * MAX_ANSWER_CHARS)):
        letter = text[position]
        if escaped:
            escaped = False
        elif letter == "\\":
            escaped = True
        elif letter == "{":
            depth += 1
        elif letter == "}":
            depth -= 1
            if depth == 0:
                return text[start + 1 : position]
    return None


def _last_stated(tail: str) -> str:
    for mark in reversed(list(_STATED.finditer(tail))):
        if _PREMISE.search(tail[max(mark.start() - 30, 0) : mark.start()]):
            continue
        rest = tail[mark.end() : mark.end() + MAX_ANSWER_CHARS].lstrip(" \t*:：")
        if rest.startswith("\n"):  # "Answer:" above the answer
            rest = rest.lstrip()
        ended = _SENTENCE_END.search(rest)
        stated = (rest[: ended.start()] if ended else rest).strip(" \t*_`'\"“”「」")
        if stated:
            return _without_explanation(stated)
    return ""


def _without_explanation(stated: str) -> str:
    stated = _EQUATION.sub("", stated)
    if not re.match(r"[-(*$¥￥\\]*\d|\(?[A-J]\b", stated):
        return stated
    return _EXPLAINS.split(stated, maxsplit=1)[0].strip(" \t*") or stated
