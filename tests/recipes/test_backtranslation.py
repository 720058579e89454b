from __future__ import annotations

from typing import Any

import pytest

from stream_synth.errors import ChatError, ConfigError
from stream_synth.recipes.backtranslation import Backtranslation
from stream_synth.recipes.passages import repeated_sentence
from stream_synth.recipes.shared.scripted import ScriptedAsk, try_recipe
from stream_synth.values import Completion, Rejected, Sample, Usage

ZH = "".join(
    f"第{number}天，{who}在院子里种下了{what}，浇水以后记下它长了多少。"
    for number, who, what in zip(
        "一二三四五六七八九",
        ("爷爷", "小明", "母亲", "邻居", "老师", "弟弟", "表姐", "园丁", "同学"),
        ("番茄", "月季花", "一排玉米", "两棵桃树", "薄荷", "黄瓜和豆角", "三株牡丹", "青菜", "一小片草莓"),
        strict=True,
    )
)
EN = " ".join(
    f"In {month} the gardener {did}, and writes down what it cost."
    for month, did in (
        ("March", "sows peas under glass"),
        ("April", "digs the long bed by the wall"),
        ("May", "ties roses to the fence"),
        ("June", "waters every evening until dark"),
        ("July", "picks currants for the market"),
        ("August", "lets the hens run free"),
    )
)
TEXTS = {"zh": (ZH, "写一份院子里的种植日记。", "内行。\n分数：5"), "en": (EN, "Write a gardener's calendar.", "Perfect.\nScore: 5")}
SHORT: Any = {"min_chars": 100}
CUT = Completion("half of it", finish_reason="length", usage=Usage(1, 5))


@pytest.mark.parametrize("lang", TEXTS)
async def test_text_gets_its_instruction(lang: str) -> None:
    """The human text is the response, word for word; the rating is the row's score; the tag is the system turn."""
    text, instruction, rating = TEXTS[lang]
    ask = ScriptedAsk({"instruct": instruction, "rate": rating})

    (row,) = await try_recipe(Backtranslation(**SHORT), {"text": f"\n{text}\n", "title": "Calendar"}, ask)

    assert isinstance(row, Sample)
    assert (row.prompt, row.response, row.lang, row.score) == (instruction, text, lang, 5.0)
    assert [turn["role"] for turn in row.messages] == ["system", "user", "assistant"]
    assert ("网络" in row.messages[0]["content"]) == (lang == "zh")
    assert row.meta["title"] == "Calendar"
    assert set(row.meta) <= set(Backtranslation.card.meta_keys)
    assert [role for _, _, role, _ in ask.asked] == ["teacher", "judge"]
    assert all(text in request.messages[0]["content"] for _, _, _, request in ask.asked)


@pytest.mark.parametrize(
    ("fields", "fate"),
    [
        ({}, "seed/no_text"),
        ({"text": " "}, "seed/no_text"),
        ({"text": EN[:99]}, "seed/too_short"),
        ({"text": EN * 12}, "seed/too_long"),
        ({"text": EN, "title": ""}, "seed/bad_header"),
        ({"text": EN, "title": "ABOUT US"}, "seed/bad_header"),
        ({"text": EN, "title": "Our Forum rules"}, "seed/bad_header"),
        ({"text": ZH, "title": "友情链接"}, "seed/bad_header"),
        ({"text": f"{EN} {EN[:60]}. {EN[:60]}."}, "seed/repeated_sentences"),
        ({"text": f"{ZH}第一天，爷爷在院子里种下了番茄，浇水以后记下它长了多少！"}, "seed/repeated_sentences"),
    ],
)
async def test_unfit_texts_cost_no_call(fields: dict[str, str], fate: str) -> None:
    """Length, header and repeated sentences are judged before the model is asked, in both languages."""
    ask = ScriptedAsk({})

    (row,) = await try_recipe(Backtranslation(**SHORT), fields, ask)

    assert isinstance(row, Rejected)
    assert f"{row.step}/{row.reason}" == fate
    assert fate in Backtranslation.card.rejects
    assert ask.asked == []


@pytest.mark.parametrize("title", ["Gardening in May", "第三章 种番茄", "NASA's first rocket"])
async def test_ordinary_headers_pass(title: str) -> None:
    """Chinese has no upper case, and an acronym is no shouting."""
    (row,) = await try_recipe(Backtranslation(**SHORT), {"text": EN, "title": title}, {"instruct": "Write.", "rate": "Score: 5"})

    assert isinstance(row, Sample)


def test_sentences_that_only_begin_alike_are_no_repetition() -> None:
    """Neither is a short answer that comes twice."""
    assert not repeated_sentence(ZH)
    assert not repeated_sentence(EN)
    assert not repeated_sentence("是的。不对。是的。Yes. No. Yes.")


@pytest.mark.parametrize(
    ("steps", "fate"),
    [
        ({"instruct": CUT}, "instruct/truncated"),
        ({"instruct": Completion("", finish_reason="content_filter")}, "instruct/refused"),
        ({"instruct": ""}, "instruct/empty"),
        ({"instruct": "<think>never closed"}, "instruct/tag_damage"),
        ({"instruct": "INVALID"}, "instruct/invalid"),
        ({"rate": "A blog.\nScore: 3"}, "rate/low_score"),
        ({"rate": "很好。\n分数：4"}, "rate/low_score"),
        ({"rate": "Score: 4.4"}, "rate/low_score"),
        ({"rate": "Very good."}, "rate/unreadable_score"),
        ({"rate": "Score: 9"}, "rate/unreadable_score"),
        ({"rate": "Score: 4-5"}, "rate/unreadable_score"),
        ({"rate": "Score: 4 or 5"}, "rate/unreadable_score"),
        ({"rate": "Score: 5\nNo: Score: 2"}, "rate/unreadable_score"),
        ({"rate": CUT}, "rate/unreadable_score"),
        ({"rate": ChatError("server_error", "500")}, "rate/call_failed"),
    ],
)
async def test_what_is_not_perfect_is_rejected(steps: dict[str, Any], fate: str) -> None:
    """Each with its reason on the card; the text stays readable in the rejection."""
    (row,) = await try_recipe(Backtranslation(**SHORT), {"text": EN}, {"instruct": "Write.", "rate": "Score: 5", **steps})

    assert isinstance(row, Rejected)
    assert f"{row.step}/{row.reason}" == fate
    assert fate in Backtranslation.card.rejects
    assert set(row.sample.meta) <= set(Backtranslation.card.meta_keys)
    assert row.evidence


@pytest.mark.parametrize(("rating", "score"), [("Score: 4.5", 4.5), ("**Score:** 5/5", 5.0), ("**评分**：5 分", 5.0)])
async def test_scores_are_read_as_models_write_them(rating: str, score: float) -> None:
    """4.5 is enough; Markdown, fractions and units do not matter."""
    (row,) = await try_recipe(Backtranslation(**SHORT), {"text": EN}, {"instruct": "Write.", "rate": rating})

    assert isinstance(row, Sample)
    assert row.score == score


async def test_best_rated_instruction_stays() -> None:
    """Of four candidates one is kept, the first of the best; the others say why they are not."""
    script = {"instruct": ["a", "b", "c", "d"], "rate": ["Score: 4", "Score: 4.5", "Score: 5", "Score: 5"]}

    rows = await try_recipe(Backtranslation(samples=4, **SHORT), {"text": EN}, script)
    two = await try_recipe(Backtranslation(samples=4, keep=2, **SHORT), {"text": EN}, script)

    assert [row.reason if isinstance(row, Rejected) else row.prompt for row in rows] == ["low_score", "over_keep", "c", "over_keep"]
    assert [row.prompt for row in two if isinstance(row, Sample)] == ["c", "d"]


async def test_own_system_turn_no_tag_and_cost() -> None:
    """`system` comes before the tag, `tag: false` leaves it out; both calls are charged, the model is the writer's."""
    script = {"instruct": Completion("Write.", cost_usd=1.0, model="t"), "rate": Completion("Score: 5", cost_usd=2.0, model="j")}

    (own,) = await try_recipe(Backtranslation(system="Be brief.", **SHORT), {"text": EN}, script)
    (bare,) = await try_recipe(Backtranslation(tag=False, **SHORT), {"text": EN}, script)
    (checked,) = await try_recipe(Backtranslation(verify={"call": "tests.recipes.checks:is_short"}, **SHORT), {"text": EN}, script)

    assert isinstance(own, Sample)
    assert isinstance(bare, Sample)
    assert isinstance(checked, Rejected)
    assert own.messages[0]["content"] == "Be brief."
    assert [turn["role"] for turn in bare.messages] == ["user", "assistant"]
    assert (own.cost_usd, own.model, own.meta["judge"], checked.step) == (3.0, "t", "j", "verify")


def test_impossible_options_are_configuration_errors() -> None:
    """Ratings go from 1 to 5."""
    with pytest.raises(ConfigError, match="min_score is 6"):
        Backtranslation(min_score=6)
    with pytest.raises(ConfigError, match="keep is 0"):
        Backtranslation(keep=0)
