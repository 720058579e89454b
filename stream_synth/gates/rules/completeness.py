"""Is there an answer, and all of it: length, empty answers, refusals, truncation."""

from __future__ import annotations

import re

from stream_synth.gates.embedding.words import begins_a_word
from stream_synth.gates.rules.options import RuleOptions
from stream_synth.gates.rules.reading import Evidence, Reading, Rule, excerpt, letters, word_set
from stream_synth.text import Kind

_PLACEHOLDER = re.compile(
    r"\W*(?:<?\s*no\s*(?:out|in)put\s*>?|n/a|tbd|todo|placeholder|your (?:answer|response) here|insert (?:answer|text) here"
    r"|待补充|待填写|暂无(?:内容|回答|答案)?|此处省略|略)\W*",
    re.IGNORECASE,
)


def empty(reading: Reading, _options: RuleOptions) -> Evidence | None:
    """Nothing but white space and punctuation, or a placeholder."""
    text, kinds = reading.sample.response, reading.response.kinds
    if not letters(reading.response) and not any(
        kinds[kind] for kind in (Kind.DIGIT, Kind.EMOJI, Kind.OPERATOR, Kind.MARKUP, Kind.GARBLE, Kind.ACCENT)
    ):
        return {"text": excerpt(text)}
    if len(text) <= 40 and _PLACEHOLDER.fullmatch(text):
        return {"text": excerpt(text)}
    return None


def length(reading: Reading, options: RuleOptions) -> Evidence | None:
    """Answer or thinking outside the set bounds, in characters."""
    size = len(reading.sample.response.strip())
    if size < options.min_chars:
        return {"chars": size, "min_chars": options.min_chars}
    longest = max(size, len(reading.sample.reasoning))
    return {"chars": longest, "max_chars": options.max_chars} if longest > options.max_chars else None


_SORRY_EN = (
    r"(?:i(?:'m| am) (?:very |really |so |truly |deeply )?sorry|sorry|i apologi[sz]e|my apologies|unfortunately|regrettably|i regret)"
)
_CANNOT_EN = (
    r"(?:can ?not|can'?t|could ?n[o']t|(?:am|'m) (?:unable|not able) to|won'?t(?: be able to)?|will not(?: be able to)?"
    r"|(?:am|'m) not (?:allowed|permitted|programmed|designed|capable|comfortable)"
    r"|(?:do not|don'?t) have the (?:ability|capability|capacity)|lack the ability|have no ability|must decline|have to decline|decline)"
)
_AI_EN = (
    r"(?:as|since i am|since i'm|because i'm|i am|i'm|being) (?:just |only |merely )?an? "
    r"(?:ai|artificial intelligence|(?:large )?language model|text-based|virtual|chatbot)\b[^.!?\n]{0,80}?"
)
_CANNOT_ZH = r"(?:无法|不能|没办法|没有(?:能力|办法)|不便|不具备|不可以|不支持)"
# What an assistant does for people. What it is unable to be or to feel is an answer: 我是人工智能，不能吃东西.
_SERVE_ZH = (
    r"[^。！？，“”\n]{0,16}(?:完成|回答|提供|协助|帮|给出|执行|处理|满足|评[价估]"
    r"|生成|访问|查[看找询]|进行|获取|预测|写|讨论|做|创建|推荐|答复|请求|教|能力)"
)
_REFUSAL = re.compile(
    rf"\W*(?:{_SORRY_EN}[\s,.!:;—-]+(?:but |for |that )?[^.!?\n]{{0,80}}?(?:\bi|\bwe)\s*{_CANNOT_EN}\b"
    rf"|{_AI_EN}(?:\bi|,)\s*{_CANNOT_EN}\b"
    rf"|(?:i|we)\s*{_CANNOT_EN}\s+(?:help|assist|provide|fulfil+|comply|complete|answer|generate|create|do|support"
    r"|engage|discuss|respond|share|offer|write|perform|process|access)\b"
    rf"|(?:非常|很|十分|实在|真的|深感)?(?:抱歉|对不起|不好意思|遗憾)[^。！？\n]{{0,40}}?(?:{_CANNOT_ZH}{_SERVE_ZH}|拒绝|办不到|做不到)"
    r"|(?:作为|由于我是|因为我是|我(?:只)?是)(?:一个|一名|一款|一种|个)?(?:ai|人工智能|大?(?:型)?语言模型|机器人|虚拟|智能助手|文本)"
    rf"[^。！？\n]{{0,40}}?{_CANNOT_ZH}{_SERVE_ZH}"
    r"|我(?:们)?(?:目前|暂时|现在)?(?:无法|不能|不可以|拒绝)(?:提供|回答|满足|完成|协助|帮助|生成|执行|处理|访问|回复|给出|为您|为你|帮您|帮你|继续))",
    re.IGNORECASE,
)
# A refusal that goes on to answer is none: what follows is longer than an apology with its reason and an offer to help otherwise.
_REFUSAL_CHARS = {"en": 350, "zh": 130}
_OFFER = re.compile(
    r"\b(?:however|but|instead|here (?:is|are)|nevertheless|that said|for example|i can|i suggest)\b"
    r"|但(?:是)?|不过|然而|以下|例如|可以(?:为|帮|提供|试|尝试|通过|参考|填)|如果是",
    re.IGNORECASE,
)
# Nor is it one to ask for what the prompt left out.
_ASKS_BACK = re.compile(
    r"(?:additional|more|further|enough|sufficient) (?:information|context|details?|data)"
    r"|(?:you|please|to) (?:can |could |kindly )?(?:provide|share|specify|clarify) "
    r"|being provided|(?:could|can|would) you|未(?:能)?(?:提供|给出)|没有?(?:提供|给出|说明|任何)"
    r"|(?:请|麻烦|能否|如果)(?:您|你)?(?:能|可以|能够)?(?:提供|补充|说明|告诉|给出)"
    r"|(?:更多|足够|具体|进一步|详细)的?(?:信息|内容|背景)",
    re.IGNORECASE,
)


def refusal(reading: Reading, _options: RuleOptions) -> Evidence | None:
    """The answer begins by refusing and ends soon after. An apology that goes on to answer passes; so does asking for what is missing."""
    sample = reading.sample
    if sample.finish_reason == "content_filter":
        return {"finish_reason": "content_filter"}
    match = _REFUSAL.match(sample.response, 0, 600)
    if match is None:
        return None
    limit = _REFUSAL_CHARS["zh" if reading.response.kinds[Kind.HAN] > reading.response.kinds[Kind.LATIN] / 4 else "en"]
    rest = sample.response[match.end() :]
    if len(sample.response) > limit or (len(rest) > limit / 4 and _OFFER.search(rest)) or _ASKS_BACK.search(sample.response):
        return None
    return {"text": excerpt(match.group().strip())}


_OPEN_ENDS = set(",，、(（[【“‘「《")
# Where a sentence ends before the last one begins; a title's question mark ends none.
_SENTENCE_INSIDE = re.compile(r"[a-z0-9\"')\]]{2}[.!?][\"')]*\s+[\"'(]?[A-Z]|[。！？](?![》」』”’\"')）])|[!?](?![\w\"')）》”])")
_ABBREVIATION = re.compile(r"\b(?:Mrs?|Ms|Dr|St|Jr|Prof|vs)\.")
_AUTHOR = re.compile(r"[\"”’」』.!?。！？]\s*[-–—]+\s*[^-–—。！？!?]{2,40}$")  # a quotation and who said it
_OPENS = (("（", "）"), ("(", ")"), ("【", "】"), ("《", "》"), ("“", "”"), ("「", "」"))
_EMPHASIS_OPENS, _EMPHASIS_CLOSES = re.compile(r"(?:^|\s)\*{1,2}(?=[^\W\d_]|$)"), re.compile(r"(?<=[\w.!?:,;)\]\"”’。！？])\*{1,2}(?!\w)")
_LIST_MARK = re.compile(r"(?:[-*•#>]+\s+|[（(]?(?:\d{1,3}|[a-zA-Z]|[一二三四五六七八九十]{1,3})[)）.、:：]\s*)")
_BARE_MARK = re.compile(r"(?:[-*•]|\d{1,3}[.)、]?)")
_LISTED = re.compile(rf"{_LIST_MARK.pattern}|{_BARE_MARK.pattern}$")
_LONG_LINE = {"en": 50, "zh": 18}  # characters of a line that is prose and not a title or a name
# Articles, determiners, conjunctions and prepositions that no sentence ends in; "in", "on", "to", "as" and "for" end some.
_OPEN_WORDS_EN = word_set(
    "a an the and or nor of with from into than because if whose which while although their its your our my every is are was were has have "
    "been being can could will would should may might must very such between among during including without upon via"
)
_FEW_WORDS = 3
_LOWER_CASE = re.compile(r"[a-z]{2,}")
_HAN = re.compile(r"[\u3400-\u9fff]")
# Beginnings of words that are words of their own where computers are spoken of, and abbreviations.
_SHORT_WORDS = word_set(
    "admin approx arr awk char config const cos curr dict dir eg endl env esc exe exp foo func gif ie impl info init int len lib mut mv "
    "num param pip prev ref repo sed str struct tab vec"
)
_OPEN_WORDS_ZH = re.compile(
    r"(?:[和与及或但并而把被将从很最每]|以及|因为|由于|如果|但是|并且|而且|例如|包括|通过|对于|关于|为了|能够|可以|需要|应该|我们|这个|那些|这些)$"
)
_OPEN_LINE_ZH = 14  # characters: a title is shorter
_ENDS = ".!?。！？…;；”\"'"


def truncated(reading: Reading, _options: RuleOptions) -> Evidence | None:
    """The reply ran out of tokens: never complete, whatever its text looks like."""
    return {"finish_reason": "length"} if reading.sample.finish_reason == "length" else None


def unfinished(reading: Reading, _options: RuleOptions) -> Evidence | None:
    """The text stops inside code, a list, a bracket or a sentence, whatever the finish reason says."""
    text = reading.sample.response.rstrip()
    if "```" in text:
        if sum(line.lstrip().startswith("```") for line in text.splitlines()) % 2:
            return {"text": excerpt(text[-60:]), "open": "code block"}
        if text.endswith("```"):
            return None
    if not text:
        return None
    han = reading.response.kinds[Kind.HAN] > reading.response.kinds[Kind.LATIN] / 4
    return {"text": excerpt(text[-60:]), "open": "sentence"} if _stops_inside(text, _LONG_LINE["zh" if han else "en"]) else None


def _stops_inside(text: str, shortest: int) -> bool:
    """Whether the last line stops short. Lines of `shortest` characters and more count as prose."""
    begun = text.rfind("\n") + 1
    before, last = text[:begun].rstrip(), text[begun:].strip()
    if last.endswith(" *") or _ends_open(last) or _opens_an_item(before, last):
        return True
    if text[-1] in _OPEN_ENDS:
        return len(last) >= shortest
    if not text[-1].isalpha() or any(mark in last.rsplit(None, 1)[-1] for mark in ".@/#_=\\"):
        return False  # numbers, addresses, hash tags and formulas end answers without a full stop
    if _leaves_open(last) or _breaks_a_word(last):
        return True
    mark = _LIST_MARK.match(last)
    said = last[mark.end() :] if mark else last
    ends = [
        end.end() for end in _SENTENCE_INSIDE.finditer(said) if not _ABBREVIATION.search(said, max(0, end.start() - 6), end.start() + 4)
    ]
    if ends:
        return len(said) - ends[-1] >= shortest / 6 and _AUTHOR.search(said) is None
    return _breaks_habit(before, last, shortest, listed=mark is not None)


def _opens_an_item(before: str, last: str) -> bool:
    """The mark of a list item without its text; a column of numbers is an answer."""
    if not _BARE_MARK.fullmatch(last):
        return False
    previous = before[before.rfind("\n") + 1 :].lstrip()
    return _LISTED.match(previous) is not None and not (last.isdigit() and previous.isdigit())


def _ends_open(line: str) -> bool:
    """The last word asks for another one, in a line that is more than a title."""
    words = line.rsplit(None, 3)
    if len(words) > _FEW_WORDS and words[-1] in _OPEN_WORDS_EN:
        return True
    return len(line) >= _OPEN_LINE_ZH and _OPEN_WORDS_ZH.search(line[-4:]) is not None


def _leaves_open(line: str) -> bool:
    """A bracket, a quotation or an emphasis that begins in the line does not end in it."""
    if any(line.count(opens) > line.count(closes) for opens, closes in _OPENS) or line.count('"') % 2:
        return True
    return "*" in line and len(_EMPHASIS_OPENS.findall(line)) > len(_EMPHASIS_CLOSES.findall(line))


def _breaks_a_word(line: str) -> bool:
    """The last word is the beginning of one and nothing else, in a line that is more than a title: 3 of 10,000 sound answers end so.

    Names of things that the vocabulary lacks (`3. wild boar`) end short items of lists, and names of commands end Chinese sentences.
    """
    words = line.split()
    last = words[-1]
    if len(words) < _FEW_WORDS or not _LOWER_CASE.fullmatch(last) or last in _SHORT_WORDS or _HAN.search(line):
        return False
    if _LIST_MARK.match(line) and len(line) < _LONG_LINE["en"]:
        return False
    return begins_a_word(last)


def _breaks_habit(before: str, last: str, shortest: int, *, listed: bool) -> bool:
    """All lines before end like sentences, the last one does not: items of its list, or paragraphs."""
    lines = [line.strip() for line in before.splitlines() if line.strip()]
    alike = [
        line
        for line in lines
        if (_LIST_MARK.match(line) is not None) == listed and len(line) >= (shortest / 2 if listed else shortest) and line[-1] not in ":："
    ]
    if len(last) < shortest / 2 or not alike or not all(line[-1] in _ENDS for line in alike):
        return False
    return listed or len(alike) >= 2 or len(last) >= 2 * shortest


RULES = (Rule("empty", empty), Rule("length", length), Rule("truncated", truncated), Rule("refusal", refusal))
LAST = (Rule("unfinished", unfinished),)  # the weakest evidence: whatever else is wrong names the reason
