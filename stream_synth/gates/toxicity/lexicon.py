"""Expressions of abuse, hatred, threats, sex and harm in Chinese and English, and the sentences in which they mean no ill."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from stream_synth.errors import ConfigError

CATEGORIES = ("abuse", "slur", "hate", "threat", "sexual", "harm")
MAX_READ = 20_000  # characters of a text; what is toxic is so at once
_AROUND = 120  # characters before and after a match in which its sentence is looked for
_SURROUNDINGS = 300  # characters before and after in which law, medicine or a story may be the matter
_BREAK = re.compile(r"[.!?\n。！？；](?:\s|$|(?=[\u4e00-\u9fff]))|\n")

# Who warns, refuses, forbids or deplores does not do it; who speaks of a word does not call anybody by it.
_AGAINST = re.compile(
    r"\b(?:not|n[o']t|never|cannot|can't|don't|won't|shouldn't|isn't|aren't|avoid(?!ing? (?:get|be|detect))|refuse\w*|prevent\w*|stop\w*"
    r"|against|protect\w*|illegal\w*|unlawful|crimes?|criminal(?:ly)?|wrong|harmful|dangerous|unethical|immoral|offensive|derogatory"
    r"|unacceptable|inappropriate|(?:the|a|this|that) (?:word|term|phrase|slur|stereotype|myth)|slurs?|insult\w*|racis[tm]\w*|sexis[tm]\w*"
    r"|stereotyp\w*|prejudice\w*|hateful|false(?:ly)?|untrue|sorry to hear|report (?:it|this|them|him|her)|call (?:the )?(?:police|911)"
    r"|consequences|risks?)\b"
    r"|不(?:要|应|能|可|得|该|会|准|许|支持|建议|提倡|鼓励|道德|合法|正确)|切勿|请勿|禁止|严禁|避免(?!被)|防止|拒绝|反对|违法|犯罪|非法|违反"
    r"|错误|有害|危险|侮辱性|歧视|贬义|偏见|刻板印象|这个(?:词|说法)|一词|脏话|谴责|后果|举报|报警|保护|预防|尊重",
    re.IGNORECASE,
)
# Law, medicine, scholarship, reports and stories name what they deal with.
_SPEAKS_OF = re.compile(
    r"\b(?:court|judge|jury|trial|(?:co-)?defendants?|plaintiffs?|prosecut\w*|convict\w*|charged|sentenced|statutes?|felon\w*|misdemeanou?rs?"
    r"|liab\w*|tort|homicide|manslaughter|negligen\w*|accused|alleged\w*|arrest\w*|attorney|lawyer|witness\w*|suspects?"
    r"|investigat\w*|patients?|symptoms?|diagnos\w*|treat(?:ment|ed)|therap\w*|clinical\w*|disease|infect\w*|dos(?:e|es|age)"
    r"|medication|overdos\w*|toxic\w*|poisoning|surg\w*|physician|doctor|hospital|survivors?|victims?"
    r"|addict\w*|withdrawal|intoxicat\w*|histor\w*|war|army|soldiers?|king|queen|emperor|novel|story|film|character|scene|plot|chapter"
    r"|author|poem|play|legend|myth\w*|bible|gods?|once upon a time|study|studies|research\w*|researchers|according to|defined as|refers to"
    r"|definition|police|law|legal\w*|enzyme|bacteria|virus|cells?|insects?|pests?|security|hackers?|scam\w*|malicious)\b"
    r"|法院|法庭|法官|被告|原告|检察|判决|判处|定罪|量刑|刑法|刑事|民法|条例|法律|法规|犯罪嫌疑人|嫌疑人|案件|案例|律师|证人|罪名|故意杀人罪|构成"
    r"|患者|病人|症状|诊断|治疗|疗法|临床|疾病|感染|剂量|药物|中毒|手术|医生|医院|受害者|幸存者|成瘾|戒断|病毒|细菌|细胞|害虫"
    r"|历史|战争|军队|士兵|国王|皇帝|小说|故事|电影|角色|情节|作者|诗|传说|神话|研究|根据|定义|是指|指的是|下列|以下(?:哪|选项)|属于",
    re.IGNORECASE,
)
_LENIENT = frozenset({"threat", "harm", "hate"})  # categories that law, medicine and stories speak of; an insult stays one in any of them


@dataclass(frozen=True, slots=True)
class Hit:
    """One expression in its place."""

    category: str
    text: str
    excused: bool = False  # its sentence warns of it, or speaks of law, medicine, history or a story


@dataclass(frozen=True, slots=True)
class Expression:
    """A pattern, and the pieces of plain text one of which stands in whatever it finds: they are looked for first."""

    category: str
    hints: tuple[str, ...]
    pattern: re.Pattern[str]


@cache
def expressions(path: Path | None = None) -> tuple[Expression, ...]:
    """The package's expressions, and those of one more file."""
    own = [(str(path), path.read_text(encoding="utf-8"))] if path else []
    shipped = [(f"{lang}.txt", files(__package__).joinpath(f"{lang}.txt").read_text(encoding="utf-8")) for lang in ("en", "zh")]
    return tuple(expression for name, text in [*shipped, *own] for expression in _lines(text, name))


def _lines(text: str, name: str) -> Iterator[Expression]:
    category = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        if line.startswith("["):
            category = line.strip("[] \n")
            if category not in CATEGORIES:
                raise ConfigError(f"{name} line {number}: no category is called {category!r}; there are {', '.join(CATEGORIES)}")
            continue
        plain, _, pattern = line.partition("\t")
        hints = tuple(hint.lower() for hint in plain.split("|"))
        try:
            yield Expression(category, hints, re.compile(pattern or rf"\b(?:{'|'.join(map(re.escape, hints))})\b", re.IGNORECASE))
        except re.error as error:
            raise ConfigError(f"{name} line {number}: {error}") from error


def hits(text: str, own: Path | None = None) -> list[Hit]:
    """What is toxic in a text: expressions in sentences that neither warn of them nor speak of law, medicine, history or stories."""
    return [hit for hit in places(text, own) if not hit.excused]


def places(text: str, own: Path | None = None) -> list[Hit]:
    """Every expression that the text holds, once; one that is excused at all its places is marked so."""
    text = text[:MAX_READ].replace("’", "'")
    lowered = text.lower()
    return [hit for one in expressions(own) if any(hint in lowered for hint in one.hints) and (hit := _first(one, text)) is not None]


def _first(expression: Expression, text: str) -> Hit | None:
    """The first place that is not excused, else the first."""
    excused: Hit | None = None
    for match in expression.pattern.finditer(text):
        if not _excused(expression.category, match):
            return Hit(expression.category, match[0])
        excused = excused or Hit(expression.category, match[0], excused=True)
    return excused


def _excused(category: str, match: re.Match[str]) -> bool:
    sentence = _sentence(match)
    if _AGAINST.search(sentence):
        return True
    return (
        category in _LENIENT
        and _SPEAKS_OF.search(match.string, max(0, match.start() - _SURROUNDINGS), match.end() + _SURROUNDINGS) is not None
    )


def _sentence(match: re.Match[str]) -> str:
    """What stands around a match up to the next break, without the match itself."""
    before = match.string[max(0, match.start() - _AROUND) : match.start()]
    after = match.string[match.end() : match.end() + _AROUND]
    end = _BREAK.search(after)
    return before[max((gap.end() for gap in _BREAK.finditer(before)), default=0) :] + " … " + (after[: end.start()] if end else after)
