"""What a model puts before a text: a kind word, a title, "in this chapter we will". A corpus full of it teaches it."""

from __future__ import annotations

import re

MAX_OPENER = 400  # characters looked at: an opener is a sentence
_FLAGS = re.IGNORECASE
_TEXT_WORD = r"(?:chapter|section|unit|lesson|article|blog post|post|tutorial|guide|textbook|course|essay|story|lecture|module|passage)"
_ZH_TEXT = r"(?:章|节|单元|课|文|篇文章|篇|教程|指南|教材|讲|书|部分|小节|文章|博客|博文)"
# In the order in which they come off, again and again: assistant's words, titles, announcements, worn-out first words.
_OPENERS = tuple(
    re.compile(pattern, _FLAGS)
    for pattern in (
        r"(?:sure|certainly|of course|absolutely|great|okay|ok)\b[!,.][ \t]*(?=here|i |let|\n|below|the following)",
        r"(?:(?:sure|certainly|of course)[,!]?\s+)?(?:here(?:'s| is| are)|below is|the following is)\b[^\n.。:]{0,160}:\s*\n+",
        r"(?:i'd be happy|i would be happy|i'll|i will|let me) (?:to )?(?:help|write|provide|create|draft)[^\n.]{0,160}[.:!]\s*",
        r"(?:好的|当然可以|当然|没问题|可以的)[，,！!。]\s*",
        r"(?:以下|下面|这里)(?:是|为)[^\n。]{0,80}[：:]\s*\n*",
        r"(?:\*\*|#{1,6}\s*)?(?:title|标题|题目)\s*[:：][^\n]{0,120}(?:\n+|\Z)",
        r"#{1,6}[ \t]+[^\n]{1,120}(?:\n+|\Z)",
        r"\*\*[^*\n]{1,80}\*\*[ \t]*\n+",
        r"(?:introduction|引言|前言|导言|简介)\s*[:：]?\s*\n+",
        r"(?:chapter|section|unit|lesson) \d+(?:\.\d+)*\s*[:.\-–][^\n]{0,100}\n+",
        r"第[一二三四五六七八九十百\d]+[章节课讲单元]+[^\n。]{0,40}\n+",
        r"welcome[^.!\n]{0,60}[.!]\s*(?=in this|throughout this)",
        rf"(?:in|throughout) this {_TEXT_WORD},?\s+(?:we|you|i)(?:'ll| will| are going to| shall)?\b[^.\n]{{0,250}}\.\s*",
        rf"this {_TEXT_WORD} (?:will |aims to |explores?|introduces?|covers?|provides?|discusses)[^.\n]{{0,250}}\.\s*",
        r"welcome to (?:this|our|the) [^.!\n]{0,120}[.!]\s*",
        rf"(?:在)?(?:本|这一|这){_ZH_TEXT}(?:中|里)?[，,]?(?:我们)?(?:将|将会|会|旨在|主要|要)[^。\n]{{0,120}}。\s*",
        r"(?:欢迎|大家好|同学们好|各位)[^。！!\n]{0,60}[。！!]\s*",
        r"(?:once upon a time|the sun hung low in the sky|have you ever wondered [^?\n]{0,160}\?|imagine this:)[,.]?\s*",
        r"(?:很久很久以前|从前|很久以前)[，,]\s*|你(?:有没有|是否)(?:想过|好奇过)[^？?\n]{0,80}[？?]\s*|随着[^，。\n]{1,40}的(?:不断|快速|飞速)?发展[，,]\s*",
        r"-{3,}\s*\n+",
    )
)


def without_opener(text: str) -> tuple[str, str]:
    """(the text without what stands before it, what was taken off). The first letter left is a capital again."""
    rest, start = text.strip(), 0
    found = True
    while found:
        head = rest[start : start + MAX_OPENER]
        match = next((hit for one in _OPENERS if (hit := one.match(head)) and hit.end()), None)
        found = match is not None
        start += match.end() if match else 0
    if not start:
        return rest, ""
    left = rest[start:].lstrip()
    return left[:1].upper() + left[1:], rest[:start].strip()
