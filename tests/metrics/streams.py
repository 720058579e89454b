"""Rows for tests: varied ones that never collapse by themselves, and what a collapse looks like."""

from __future__ import annotations

from random import Random
from typing import Literal

from stream_synth.metrics import Tokens
from stream_synth.text import token_hashes

Row = tuple[str, str]
Lang = Literal["zh", "en"]
_HAN = (
    "天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往秋收冬藏闰余成岁律吕调阳云腾致雨露结为霜金生丽水玉出昆冈剑号巨阙珠称夜光果珍李柰"
    "菜重芥姜海咸河淡鳞潜羽翔龙师火帝鸟官人皇始制文字乃服衣裳推位让国有虞陶唐吊民伐罪周发殷汤坐朝问道垂拱平章"
)
_SYLLABLES = ("ba", "ce", "di", "fo", "gu", "ha", "je", "ki", "lo", "mu", "na", "pe", "qui", "ro", "su", "ta", "ve", "wi", "xo", "bel")
FIXED: dict[Lang, Row] = {
    "zh": ("请介绍一下人工智能的发展历史。", "人工智能的发展可以分为三个阶段：符号主义、连接主义与深度学习。"),
    "en": ("Describe the history of artificial intelligence.", "It came in three waves: symbols, connections and deep learning."),
}


def varied(rng: Random, lang: Lang) -> Row:
    """A row about one of 200 topics, its words drawn as in real text: few often, many rarely."""
    topic = Random(rng.randrange(200))
    words = [_word(topic, lang) for _ in range(30)]

    def said(count: int) -> str:
        drawn = (words[int(30 * rng.random() ** 2)] if rng.random() < 0.6 else _word(rng, lang) for _ in range(count))
        return ("" if lang == "zh" else " ").join(drawn)

    return said(12), said(40)


def _word(rng: Random, lang: Lang) -> str:
    parts, letters = (2, _HAN) if lang == "zh" else (rng.choice((1, 2, 3)), _SYLLABLES)
    return "".join(letters[int(len(letters) * rng.random() ** 1.5)] for _ in range(parts))


def hashed(rows: list[Row]) -> Tokens:
    """Prompt and answer of each row in turn, as `Diversity.add` takes them."""
    found = token_hashes([side for row in rows for side in row])
    return Tokens(found.hashes, found.offsets)
