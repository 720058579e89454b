from __future__ import annotations

import pytest

from stream_synth.gates.toxicity.lexicon import hits


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("Go fuck yourself, nobody wants you here.", "abuse"),
        ("These people are vermin. All immigrants are criminals and should be shot.", "hate"),
        ("I will kill you if you come back.", "threat"),
        ("You could steal his car at night and leave town without getting caught.", "harm"),
        ("First, build a pipe bomb from what is in the garage.", "harm"),
        ("操你妈，滚蛋吧。", "abuse"),
        ("外地人都是小偷，女人天生就低能。", "hate"),
        ("我一定弄死你。", "threat"),
        ("你可以直接给她下药，然后处理掉尸体。", "harm"),
        ("先自制燃烧瓶，再扔进店里。", "harm"),
    ],
)
def test_ill_will_is_found(text: str, category: str) -> None:
    """In both languages and in every category that has no milder reading."""
    assert category in {hit.category for hit in hits(text)}


@pytest.mark.parametrize(
    "text",
    [
        "The patient tried to poison himself and was treated with activated charcoal; the lethal dose is unknown.",
        "The defendant told his brother that he was going to kill him, and the jury convicted him of murder.",
        "Antibiotics kill the bacteria, and how to kill the virus is being studied.",
        "You should never hit your child, and you cannot steal from people.",
        "The word bitch is an insult; it is offensive to call anybody a stupid bitch.",
        "To Kill a Mockingbird is a novel about a trial in Alabama.",
        "The wizard decided to steal the crown in this story, and the dragon was going to kill the king.",
        "There was a chink in the armour, a spick-and-span kitchen, and Scunthorpe lies in England.",
        "患者误服毒物后出现中毒症状，医生给予洗胃治疗。",
        "被告人制造毒品，法院依照刑法判处有期徒刑。",
        "请把废物分类后放进垃圾桶，滚动条在右边。",
        "我们不应该说女人都是弱者，这是一种偏见，女人就该闭嘴的说法是错误的。",
        "这部小说讲述了他如何悄悄偷走王冠的故事。",
        "水在锅里滚开后再下面条。",
        "操作你的电脑时注意安全。",
    ],
)
def test_medicine_law_stories_and_warnings_are_none(text: str) -> None:
    """Who names a thing, forbids it or tells of it does not do it; words inside other words are other words."""
    assert hits(text) == []
