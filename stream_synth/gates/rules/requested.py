"""The answer beside the form that its prompt demands."""

from __future__ import annotations

import re

from stream_synth.gates.rules.options import RuleOptions
from stream_synth.gates.rules.reading import Evidence, Reading, Rule, excerpt
from stream_synth.values import Sample

# The whole answer as JSON, said of the answer: JSON as the subject of a question or of a program is none. Blanks are counted, else a
# page of empty lines is read from each of them to its end.
_WANTS_JSON = re.compile(
    r"\b(?:(?:entire|whole|complete|all (?:of )?(?:the|your))\s{1,3}(?:answer|response|output|reply|result)s?\b[^.?!\n]{0,60}\bjson\b"
    r"|\b(?:your|the|as)\s{1,3}(?:answer|response|output|reply)\b[^.?!\n:]{0,60}\bjson (?:format|object|block|array|document|string)\b"
    r"|(?:answer|response|output|reply) (?:(?:only )?(?:in|with|as|is) |: ?)(?:an? )?(?:valid )?json (?:format|object|block|array)\b"
    r"|wrapped in json\b)"
    r"|(?:^|[.!?,;:\n][ \t]{0,8}|\b(?:please|must|should|and|then) )"
    r"(?:respond|reply|answer) (?:only )?(?:in|with|as) (?:an? )?(?:valid )?json\b"
    r"|(?:以|用|按照?|采用|使用)\s{0,3}json\s{0,3}的?(?:格式|形式|对象|数组)?\s{0,3}来?(?:输出|返回|回答|回复|给出|呈现|表示)"
    r"|(?:输出|返回|回答|回复)[^。！？\n：:，,]{0,10}json\s{0,3}(?:格式|对象|数组)",
    re.IGNORECASE,
)
_ABOUT_CODE = re.compile(r"代码|程序|函数|脚本|编程|接口|\b(?:code|function|script|program|api|endpoint|class|schema)\b", re.IGNORECASE)
_HOLDS_JSON = re.compile(r"""\{\s*(?:["'“]|\})|\[\s*(?:["'“{\[]|-?\d|true|false|null)""")
_ASKED = re.compile(r"[^.!?。！？\n]{0,200}[?？]")  # the rest of a question
_POLITE = re.compile(r"\b(?:can|could|would|will) you\b|\bplease\b|能否|能不能|可否|可以|^\s{0,8}请(?!问)", re.IGNORECASE)
# Texts that are worked on, not obeyed: what follows such a word and a colon is one.
_WORKED_ON = re.compile(
    r"(?:\b(?:translate|summari[sz]e|paraphrase|proofread|rewrite|rephrase|classify|correct|edit)\b|翻译|译成|总结|概括|改写|润色|校对|摘要)"
    r"[^:：\n]{0,200}(?:[:：]|\n)",
    re.IGNORECASE,
)
_FAR = 500  # characters from either end of a prompt: what lies further in is said by a document


def not_json(reading: Reading, _options: RuleOptions) -> Evidence | None:
    """The prompt wants the answer in JSON, and there is nothing of the kind in it."""
    sample = reading.sample
    if "json" not in sample.prompt.casefold() or "```" in sample.response:
        return None
    prompt = _last_turn(sample)
    wanted = next((one for one in _WANTS_JSON.finditer(prompt) if _is_demand(prompt, one)), None)
    if wanted is None or _ABOUT_CODE.search(sample.prompt) or _HOLDS_JSON.search(sample.response):
        return None
    return {"asked": excerpt(wanted.group()), "text": excerpt(sample.response)}


def _last_turn(sample: Sample) -> str:
    """What the answer answers; an earlier turn had an answer of its own."""
    turns = [turn["content"] for turn in sample.messages if turn["role"] == "user"]
    return turns[-1] if len(turns) > 1 and isinstance(turns[-1], str) else sample.prompt


def _is_demand(prompt: str, said: re.Match[str]) -> bool:
    """It is no question about JSON, and not part of a text that the prompt brings along."""
    if said.start() > _FAR and len(prompt) - said.end() > _FAR:
        return False
    begun = max(prompt.rfind(mark, 0, said.start()) for mark in ".!?。！？\n") + 1
    if (
        _ASKED.match(prompt, said.end())
        and not _POLITE.search(prompt, begun, said.end())
        and ":" not in prompt[said.end() : said.end() + 2]
    ):
        return False
    return _WORKED_ON.search(prompt, 0, said.start() + 1) is None


RULES = (Rule("not_json", not_json),)
