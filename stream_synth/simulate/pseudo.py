"""Replies that no rule gives: sentences drawn by a hash, the same for the same hash, Chinese for Chinese questions.

They mean nothing, but they are made of words, end like sentences and hardly ever repeat, so that gates for form and duplicates
let them pass as they would a model's replies.
"""

from __future__ import annotations

import hashlib
from functools import cache

from stream_synth.simulate.tokens import count, cut

_BITS = 5  # each list holds 32 phrases
_BYTES_PER_SENTENCE = 5  # 7 draws of 5 bits
_MAX_TOKENS = 32_768  # of one reply; a distribution with a long tail must not fill the memory
_LEAST_SENTENCE_TOKENS = 12  # no sentence of these phrases is shorter in either language
_QUOTED_CHARS = 60  # of the question, quoted in the thinking, as models do

_EN = (
    "In most cases|As a rule|For this reason|On closer inspection|To begin with|After some time|By comparison|At the same time"
    "|In practice|Strictly speaking|From another angle|Before anything else|With a little patience|Seen from outside|Step by step"
    "|According to the notes|On a quiet day|Under these conditions|Without much effort|In the second place|Somewhat later|As expected"
    "|Given the season|If one looks closely|Rather surprisingly|In everyday life|Once that is settled|Over the years|For a beginner"
    "|In the end|On the other hand|Just as often",
    "patient|curious|narrow|distant|wooden|early|gentle|honest|modern|quiet|sturdy|yellow|hidden|broad|famous|local|steady|recent"
    "|careful|crowded|simple|northern|fragile|useful|silver|weekly|portable|common|rapid|ancient|bright|foreign",
    "gardener|bridge|engine|library|teacher|river|market|recipe|window|neighbour|theory|ladder|journal|harbour|customer|signal"
    "|orchard|budget|musician|calendar|factory|doctor|village|method|painting|traveller|kitchen|argument|compass|machine|student|valley",
    "supports|measures|replaces|describes|follows|explains|protects|improves|compares with|depends on|reminds us of|belongs to"
    "|leads towards|prepares|connects with|surrounds|corrects|borrows from|shortens|carries|repairs|resembles|completes|invites"
    "|questions|balances|inspires|collects|divides|welcomes|outlasts|observes",
    "near the old station|during the winter months|without any further cost|in two separate stages|for at least three reasons"
    "|when the weather allows it|between breakfast and noon|according to a short list|on both sides of the street|with surprising accuracy"
    "|because the rules changed|until the work is finished|as the figures suggest|behind a closed door|at half the usual price"
    "|in front of a small audience|after a brief discussion|from the very first page|beside the railway line|under careful supervision"
    "|while others look away|through a series of experiments|along the eastern coast|despite an uncertain start|before the guests arrive"
    "|within a single afternoon|as part of a longer plan|around the corner from here|instead of the usual answer|for people of every age"
    "|with the help of a map|in spite of the noise",
)
_ZH = (
    "一般来说|首先|换个角度看|从长远考虑|在实际工作中|仔细想想|按照经验|与此同时|根据记录|到了傍晚|相比之下|严格地讲|为了稳妥起见|说到底|很多时候"
    "|出人意料的是|在天气好的时候|对初学者而言|经过讨论|过了几年|在这种条件下|从数字上看|如果时间允许|简单来说|另一方面|准备好之后|就像书里写的"
    "|在日常生活里|不出所料|起初|最后|大致上",
    "耐心|安静|古老|明亮|普通|遥远|勤劳|宽阔|新鲜|简单|可靠|著名|细心|漂亮|狭窄|热闹|清楚|温和|年轻|坚固|陌生|重要|常见|特别|灵活|干净|聪明|便宜|柔软|寒冷|完整|神秘",
    "园丁|桥梁|图书馆|老师|河流|市场|菜谱|窗户|邻居|理论|日记|港口|顾客|信号|果园|预算|音乐家|日历|工厂|医生|村庄|方法|油画|旅客|厨房|论点|机器|学生|山谷|地图|火车|花园",
    "支持着|影响了|代替了|描述了|跟随着|解释了|保护着|改善了|依靠着|提醒我们注意|属于|连接着|围绕着|纠正了|借鉴了|缩短了去往|修好了|很像|完成了|邀请了|质疑过|平衡了|启发了|收集了"
    "|区分了|欢迎|观察着|记住了|超过了|等待着|介绍了|离不开",
    "这一点在冬天尤其明显|费用也没有增加|前后分成两个阶段进行|至少有三个理由|结果比预想的准确|因为规则已经变了|直到全部工作结束|正如表格所显示的那样"
    "|价格只有平时的一半|现场只来了几位听众|大家商量以后都同意|从第一页就能看出来|需要有人在旁边指导|而其他人并没有留意|为此做了一系列试验"
    "|虽然开头不太顺利|赶在客人到来之前|一个下午就能做好|这只是计划的一部分|转过街角便能看到|适合各个年龄的人|借助一张图就能明白|尽管周围有些吵闹"
    "|每个星期都要检查一次|所以要提前安排|谁也说不清原因|沿着海岸一路向东|消息很快传开了|后来写进了教材|留下了深刻的印象|至今仍然有人使用|听起来并不复杂",
)


@cache
def _phrases(chinese: bool) -> tuple[list[str], ...]:  # noqa: FBT001  # one of two languages
    return tuple(part.split("|") for part in (_ZH if chinese else _EN))


def reply(digest: bytes, tokens: int, *, chinese: bool) -> str:
    """About `tokens` tokens of whole sentences, at most that many. Where not even one fits, its start."""
    wanted = min(max(tokens, 1), _MAX_TOKENS)
    most = wanted // _LEAST_SENTENCE_TOKENS + 1
    drawn = hashlib.shake_128(digest).digest(_BYTES_PER_SENTENCE * most)
    said: list[str] = []
    for at in range(most):
        sentence = _sentence(int.from_bytes(drawn[at * _BYTES_PER_SENTENCE : (at + 1) * _BYTES_PER_SENTENCE]), chinese=chinese)
        wanted -= count(sentence)
        if wanted < 0:
            break
        said.append(sentence)
    return "".join(said).rstrip() if said else cut(sentence, max(tokens, 1))


def thinking(digest: bytes, tokens: int, question: str, *, chinese: bool) -> str:
    """A trace that takes up the question and then wanders, about `tokens` tokens long."""
    quoted = question.strip()[:_QUOTED_CHARS]
    wandering = reply(b"thinking" + digest, tokens, chinese=chinese)
    return (
        f"题目说的是“{quoted}”，先理清条件。{wandering}" if chinese else f'The question says "{quoted}", so let me sort it out. {wandering}'
    )


def _sentence(drawn: int, *, chinese: bool) -> str:
    openings, adjectives, nouns, verbs, endings = _phrases(chinese)
    mask = (1 << _BITS) - 1
    opening, verb, ending = openings[drawn & mask], verbs[drawn >> 5 & mask], endings[drawn >> 10 & mask]
    subject = adjectives[drawn >> 15 & mask], nouns[drawn >> 20 & mask]
    target = adjectives[drawn >> 25 & mask], nouns[drawn >> 30 & mask]
    if chinese:
        return f"{opening}，{subject[0]}的{subject[1]}{verb}{target[0]}的{target[1]}，{ending}。"
    return f"{opening}, the {subject[0]} {subject[1]} {verb} the {target[0]} {target[1]} {ending}. "
