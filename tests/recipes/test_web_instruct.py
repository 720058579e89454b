from __future__ import annotations

from typing import Any

import pytest

from stream_synth.errors import ChatError, ConfigError
from stream_synth.recipes.shared.scripted import ScriptedAsk, try_recipe
from stream_synth.recipes.web_instruct import WebInstruct
from stream_synth.values import Completion, Rejected, Sample, Usage

EN = ("What number is half of 24?", "Half of it is 12.")
ZH = ("24 的一半是多少？", "它的一半是 12。")
LOST = ChatError("server_error", "500")
CUT = Completion("<problem>", finish_reason="length", usage=Usage(1, 5))


def pair(question: str, answer: str) -> str:
    return f"<problem>{question}</problem>\n<solution>{answer}</solution>"


def page(asked: tuple[str, str]) -> dict[str, Any]:
    return {"text": f"Home\n{asked[0]}\n{asked[1]}\nShop", "url": "http://a.example"}


def script(asked: tuple[str, str] = EN, **steps: Any) -> dict[str, Any]:
    """A page with one pair, refined well."""
    return {"extract": pair(*asked), "refine/0": pair(f"{asked[0]} ({asked[0]})", f"24 / 2 = 12. {asked[1]}"), **steps}


@pytest.mark.parametrize(("asked", "lang"), [(EN, "en"), (ZH, "zh")])
async def test_a_pair_is_found_and_refined(asked: tuple[str, str], lang: str) -> None:
    """The row is the refined pair; what was found stays beside it; each role does its step; every call is charged."""
    steps = script(asked)
    ask = ScriptedAsk({name: Completion(text, model=name, cost_usd=1.0) for name, text in steps.items()})

    (row,) = await try_recipe(WebInstruct(), page(asked), ask)

    assert isinstance(row, Sample)
    assert (row.response, row.lang, row.model, row.cost_usd) == (f"24 / 2 = 12. {asked[1]}", lang, "refine/0", 2.0)
    assert (row.meta["question_found"], row.meta["answer_found"], row.meta["extractor"], row.meta["url"]) == (
        *asked,
        "extract",
        "http://a.example",
    )
    assert [role for _, _, role, _ in ask.asked] == ["teacher", "refiner"]
    assert [turn["role"] for turn in row.messages] == ["user", "assistant"]
    assert set(row.meta) <= set(WebInstruct.card.meta_keys)


async def test_several_pairs_in_several_versions() -> None:
    """No slot twice, no more pairs than asked for; the page's call is charged once."""
    listed = Completion("\n".join([pair(*EN), pair(*ZH), pair("third?", "left out")]), cost_usd=1.0)
    steps = {"extract": listed, **{f"refine/{n}": Completion(pair(*one), cost_usd=1.0) for n, one in enumerate((EN, ZH))}}
    text = "\n".join((*EN, *ZH))

    rows = await try_recipe(WebInstruct(samples=2, max_pairs=2), {"text": text}, steps)

    assert [row.slot for row in rows if isinstance(row, Sample)] == ["pair/0/0", "pair/0/1", "pair/1/0", "pair/1/1"]
    assert sum(row.cost_usd for row in rows if isinstance(row, Sample)) == 5.0


@pytest.mark.parametrize(
    ("steps", "reason"),
    [
        ({"extract": "VOID"}, "extract/void"),
        ({"extract": "I had a look."}, "extract/unreadable"),
        ({"extract": CUT}, "extract/truncated"),
        ({"extract": Completion("", finish_reason="content_filter")}, "extract/refused"),
        ({"extract": " "}, "extract/empty"),
        ({"extract": "<think>never closed"}, "extract/tag_damage"),
        ({"extract": pair(EN[0], "")}, "extract/no_answer"),
        ({"extract": pair(EN[0], "Lima has been the capital for long.")}, "extract/not_on_page"),
        ({"refine/0": CUT}, "refine/truncated"),
        ({"refine/0": Completion("", finish_reason="content_filter")}, "refine/refused"),
        ({"refine/0": " "}, "refine/empty"),
        ({"refine/0": "<think>never closed"}, "refine/tag_damage"),
        ({"refine/0": LOST}, "refine/call_failed"),
        ({"refine/0": "INVALID"}, "refine/invalid"),
        ({"refine/0": "Done."}, "refine/unreadable"),
        ({"refine/0": pair("What?", "Half of it is 13.")}, "refine/unfaithful"),
        ({"refine/0": pair("", "Half of it is 12.")}, "refine/unfaithful"),
        ({"faithful": "It starts elsewhere.\nVerdict: different"}, "faithful/judged_different"),
        ({"faithful": "Hard to tell."}, "faithful/unreadable_verdict"),
        ({"faithful": LOST}, "faithful/call_failed"),
        ({"faithful": "**Verdict:** same"}, "verify/too_long"),
    ],
)
async def test_what_is_no_pair_is_rejected(steps: dict[str, Any], reason: str) -> None:
    """With its reason, which stands on the card or is the expert's own."""
    recipe = WebInstruct(judge=True, verify={"call": "tests.recipes.checks:is_short"})

    rows = await try_recipe(recipe, page(EN), script(**steps))

    assert [f"{row.step}/{row.reason}" for row in rows if isinstance(row, Rejected)] == [reason]
    assert reason in WebInstruct.card.rejects or reason == "verify/too_long"


async def test_the_judge_may_agree() -> None:
    """Then its reason is kept and its call charged."""
    said = Completion("结论相同。\n结论：一致", model="j", cost_usd=1.0)

    (row,) = await try_recipe(WebInstruct(judge=True), page(ZH), script(ZH, faithful=said))

    assert isinstance(row, Sample)
    assert (row.meta["judge"], row.cost_usd) == ("j", 1.0)


async def test_a_seed_without_text_and_impossible_options() -> None:
    """Neither costs a call."""
    (row,) = await try_recipe(WebInstruct(), {"text": ""}, {})

    assert isinstance(row, Rejected)
    assert row.reason == "no_text"
    for options in ({"least_found": 2}, {"least_kept": -1}, {"max_pairs": 0}):
        with pytest.raises(ConfigError, match=next(iter(options))):
            WebInstruct(**options)  # type: ignore[arg-type]
