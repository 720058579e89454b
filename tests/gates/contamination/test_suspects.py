from __future__ import annotations

from pathlib import Path

import pytest

from stream_synth.chat import Chat
from stream_synth.errors import ConfigError
from stream_synth.gates import GateHome
from stream_synth.gates.contamination import Contamination, ContaminationOptions, build_index
from stream_synth.gates.contamination.suspects import load_texts, question, save_texts
from stream_synth.values import Sample, Verdict
from tests.gates.contamination.fixtures import ITEMS
from tests.gates.reward.asking import chatting

NEAR = Sample(
    "Mireille makes candles: 14 moulds of wax at dawn, 9 at dusk, one candle from each. Five go to an aunt weekly. What do the rest bring?",
    "Let me see.",
    id="r1",
    seed_id="s1",
    slot="0",
)
NEAR_ZH = Sample("米蕾早上做14根蜡烛，晚上做9根，每周送姑姑5根，其余在市场出售，她能赚多少钱？", "", id="r2", seed_id="s2", slot="0")
FAR = Sample("Explain how rain forms.", "Water rises and falls.", id="r3", seed_id="s3", slot="0")


def judge(folder: Path, *, texts: bool = True) -> Contamination:
    path = folder / "harbour.npz"
    build_index("harbour", ITEMS).save(path)
    if texts:
        save_texts(path, ITEMS)
    return Contamination(ContaminationOptions(benchmarks=(str(path),), judge=True), GateHome())


async def heard(gate: Contamination, sample: Sample, chat: Chat) -> Verdict:
    """What the lane would hear."""
    (measured,) = gate.measure([sample])
    return await gate.consult(sample, chat) or gate.admit(sample, measured)


@pytest.mark.parametrize("sample", [NEAR, NEAR_ZH])
@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ("restates: yes", "restates_item"),
        ("<think>restates: no?</think>\n**restates**：是", "restates_item"),
        ("restates: no", ""),
        ("It is hard to say.", "judge_failed"),
        ("", "judge_failed"),
    ],
)
async def test_the_judge_decides_on_a_row_that_comes_near(tmp_path: Path, sample: Sample, reply: str, reason: str) -> None:
    """Yes rejects it, no lets it pass; no readable word keeps it out, under a reason of its own."""
    async with chatting(tmp_path, [{"reply": reply}]) as chat:
        verdict = await heard(judge(tmp_path), sample, chat)

    assert (verdict.passed, verdict.reason) == (not reason, reason)
    assert verdict.passed or verdict.evidence["item"] == "candles"


async def test_nobody_is_asked_about_a_row_that_is_far_from_all_items(tmp_path: Path) -> None:
    """It costs no call."""
    async with chatting(tmp_path, [{"reply": "restates: yes"}]) as chat:
        verdict = await heard(judge(tmp_path), FAR, chat)

    assert verdict.passed


async def test_a_contained_item_needs_no_judge(tmp_path: Path) -> None:
    """What n-grams find is decided."""
    async with chatting(tmp_path, [{"reply": "restates: no"}]) as chat:
        verdict = await heard(judge(tmp_path), Sample(ITEMS[0].question, "", id="r4", seed_id="s4", slot="0"), chat)

    assert verdict.reason == "contains_item"


def test_the_judge_is_asked_in_the_language_of_the_row() -> None:
    """And shown both texts as they are."""
    item = ITEMS[0]

    assert "You decide" in question(NEAR, item)
    assert "你要判断" in question(NEAR_ZH, item)
    assert item.question in question(Sample("{item} {row}", ""), item)
    assert "{item} {row}" in question(Sample("{item} {row}", ""), item)


def test_a_judge_without_texts_is_a_configuration_error(tmp_path: Path) -> None:
    """Indexes hold none; the message says how to keep them."""
    with pytest.raises(ConfigError, match="--keep-text"):
        judge(tmp_path, texts=False).measure([NEAR])


def test_texts_of_another_index_are_not_shown(tmp_path: Path) -> None:
    """A file of another length is none of this index."""
    path = tmp_path / "harbour.npz"
    save_texts(path, ITEMS)

    assert load_texts(path, len(ITEMS)) == list(ITEMS)
    assert load_texts(path, 3) == []
