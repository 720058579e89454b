"""The answer beside the form that its prompt demands."""

from __future__ import annotations

import re

from stream_synth.gates.rules.options import RuleOptions
from stream_synth.gates.rules.reading import Evidence, Reading, Rule, excerpt

# The whole answer as JSON, said of the answer: JSON as the subject of a question or of a program is none.
_WANTS_JSON = re.compile(
    r"\b(?:(?:entire|whole|complete|all (?:of )?(?:the|your))\s+(?:answer|response|output|reply|result)s?\b[^.?!\n]{0,60}\bjson\b"
    r"|(?:answer|response|output|reply)\b[^.?!\n]{0,60}\bjson (?:format|object|block|array|document|string)\b"
    r"|wrapped in json\b)"
    r"|(?:^|[.!?,;:\n]\s*|\b(?:please|must|should|and|then) )(?:respond|reply|answer) (?:only )?(?:in|with|as) (?:an? )?(?:valid )?json\b"
    r"|(?:以|用|按照?|采用|使用)\s*json\s*(?:的)?(?:格式|形式|对象|数组)?\s*(?:来)?(?:输出|返回|回答|回复|给出|呈现|表示)"
    r"|(?:输出|返回|回答|回复)[^。！？\n]{0,10}json\s*(?:格式|对象|数组)",
    re.IGNORECASE,
)
_ABOUT_CODE = re.compile(r"代码|程序|函数|脚本|编程|接口|\b(?:code|function|script|program|api|endpoint|class|schema)\b", re.IGNORECASE)
_HOLDS_JSON = re.compile(r"""\{\s*(?:["'“]|\})|\[\s*(?:["'“{\[]|-?\d|true|false|null)""")


def not_json(reading: Reading, _options: RuleOptions) -> Evidence | None:
    """The prompt wants the answer in JSON, and there is nothing of the kind in it."""
    sample = reading.sample
    if "json" not in sample.prompt.casefold() or "```" in sample.response:
        return None
    wanted = _WANTS_JSON.search(sample.prompt)
    if wanted is None or _ABOUT_CODE.search(sample.prompt) or _HOLDS_JSON.search(sample.response):
        return None
    return {"asked": excerpt(wanted.group()), "text": excerpt(sample.response)}


RULES = (Rule("not_json", not_json),)
