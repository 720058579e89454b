"""What a model wrote where a user would have: the instruction in it, without the dress it came in."""

from __future__ import annotations

import re

_SPECIAL = re.compile(r"<\|[^|<>\n]{1,40}\|>|<｜[^｜\n]{1,40}｜>|</?s>|\[/?INST\]|<(?:start|end)_of_turn>|<eos>")
_PREFIX = re.compile(
    r"^(?:[\s>*#-]+"
    r"|(?:question|instruction|prompt|query|task|problem|user|human|q|input|问题|提问|指令|任务|题目|用户|请求|问)\s?\d{0,3}\s*\**\s*[:：]"
    r"|(?:question|problem|task|问题|题目|任务)\s?\d{1,3}\b[.、]?"
    r"|[(（]?\d{1,3}(?:[)）、．]|\.(?=\s|$)))+",
    re.IGNORECASE,
)
_ANSWER = re.compile(
    r"\s+\**(?:answer|response|assistant|solution|output)\s*\**[:：].*$|\s*\**(?:答案|回答|助手|解答|输出)\**[:：].*$",
    re.IGNORECASE | re.DOTALL,
)
_QUOTES = {'"': '"', "“": "”", "'": "'", "「": "」"}


def instruction_in(text: str) -> str:
    """The instruction without header tokens, "Question:", numbering, quotes around it, or an answer behind it. May be empty."""
    said = _PREFIX.sub("", _SPECIAL.split(text.strip(), maxsplit=1)[0]).strip()
    said = _ANSWER.sub("", said).strip() or said
    wrapped = len(said) > 2 and _QUOTES.get(said[0]) == said[-1] and said.count(said[0]) == 1 + (said[0] == said[-1])
    return said[1:-1].strip() if wrapped else said
