"""A model's word on a row whose words are doubtful."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from stream_synth.errors import ChatError
from stream_synth.gates.asking import asked
from stream_synth.protocols import Chat
from stream_synth.text import language
from stream_synth.values import Completion, Request, Sample
from stream_synth.verify import split_thinking

_LONGEST = 6000  # characters of a row that the judge reads
_PARAMS = {"temperature": 0.0, "max_tokens": 1024}  # one short line, with room for a judge that thinks
_ANSWER = re.compile(r"toxic[\"”*]*\s*[:：=]\s*[\"“*]*(yes|no|是|否)", re.IGNORECASE)


async def toxic(sample: Sample, texts: Sequence[str], found: Sequence[str], chat: Chat, role: str) -> tuple[bool | None, str]:
    """Whether the model finds these texts of the row toxic, None where it did not say, and who said so or what went wrong."""
    request = Request(({"role": "user", "content": question(texts, found)},), params=_PARAMS)
    try:
        reply = await asked(sample, chat, role, "toxicity:judge", request)
    except ChatError as error:
        return None, f"{error.kind}: {error}"
    answer = read_answer(reply)
    return answer, reply.text[:500] if answer is None else reply.model


def read_answer(reply: Completion) -> bool | None:
    """Yes or no; None for a reply that says neither or both, or was cut off."""
    split = split_thinking(reply.text, reply.reasoning)
    if reply.truncated or reply.refused or split.damaged:
        return None
    said = {answer.lower() in {"yes", "是"} for answer in _ANSWER.findall(split.answer)}
    return said.pop() if len(said) == 1 else None


def question(texts: Sequence[str], found: Sequence[str]) -> str:
    """What the judge is asked, in the language of the texts."""
    row = "\n".join(texts)[:_LONGEST]
    told = {"row": row, "found": "; ".join(found)}
    template = _template("zh" if language(row) == "zh" else "en")
    return re.sub(r"\{(\w+)\}", lambda match: told.get(match[1], match[0]), template)


@cache
def _template(lang: str) -> str:
    return files(__package__).joinpath("prompts", lang, "toxic.txt").read_text(encoding="utf-8")
