from __future__ import annotations

from typing import Any

import pytest

from stream_synth.errors import ChatError, ConfigError
from stream_synth.recipes.shared.scripted import ScriptedAsk, try_recipe
from stream_synth.recipes.zerogen import ZeroGen
from stream_synth.values import Completion, Rejected, Sample

EN = {"task": "Is the guest content?", "labels": ["content", "not content"], "label": "not content", "about": "soup"}
ZH = {"task": "客人满意吗？", "labels": {"满意": "愿意再来", "不满意": "不愿再来"}, "label": "不满意", "about": "汤"}
PAIR = {"task": "Does the second text follow from the first?", "labels": ["yes", "no"], "label": "yes"}
LOST = ChatError("server_error", "500")
CUT = Completion("half of it", finish_reason="length")


def fates(rows: list[Sample | Rejected]) -> list[str]:
    """Why each candidate was rejected, "" where it was not."""
    return [f"{row.step}/{row.reason}" if isinstance(row, Rejected) else "" for row in rows]


@pytest.mark.parametrize(("seed", "text"), [(EN, "The soup was cold and grey."), (ZH, "汤又凉又淡。")])
async def test_a_text_is_written_to_its_label(seed: dict[str, Any], text: str) -> None:
    """The row asks for the label of the text; the prompt told the label, its meaning and what the text is about."""
    ask = ScriptedAsk({"text": text})

    (row,) = await try_recipe(ZeroGen(), seed, ask)

    prompt = ask.asked[0][3].messages[0]["content"]
    assert isinstance(row, Sample)
    assert (row.prompt, row.response, row.dedup_on) == (text, seed["label"], "prompt")
    assert all(word in prompt for word in (seed["task"], seed["label"], seed["about"], *(["不愿再来"] if seed is ZH else [])))
    assert ask.asked[0][3].params["top_p"] == 0.9
    assert set(row.meta) <= set(ZeroGen.card.meta_keys)


async def test_of_a_pair_the_first_text_comes_first() -> None:
    """It is written once for all samples, or is the seed's; the first row pays for it."""
    replies: dict[str, Any] = {
        "context": Completion("It rains.", cost_usd=1.0),
        "text": [Completion("Roads are wet.", cost_usd=0.5), "Clouds are there."],
    }
    ask = ScriptedAsk(replies)

    rows = await try_recipe(ZeroGen(pair=True, samples=2), PAIR, ask)
    (given,) = await try_recipe(ZeroGen(pair=True), {**PAIR, "context": "It snows."}, {"text": "It is cold."})

    assert [row.prompt for row in rows if isinstance(row, Sample)] == ["It rains.\n\nRoads are wet.", "It rains.\n\nClouds are there."]
    assert [row.cost_usd for row in rows if isinstance(row, Sample)] == [1.5, 0.0]
    assert "It rains." in ask.asked[1][3].messages[0]["content"]
    assert isinstance(given, Sample)
    assert (given.prompt, given.meta["context"]) == ("It snows.\n\nIt is cold.", "It snows.")


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ({"context": CUT}, ["context/truncated"]),
        ({"context": Completion("", refusal="no")}, ["context/refused"]),
        ({"context": " "}, ["context/empty"]),
        ({"context": "<think>never closed"}, ["context/tag_damage"]),
        ({"text": [CUT, "b"]}, ["text/truncated", ""]),
        ({"text": [Completion("", finish_reason="content_filter"), "b"]}, ["text/refused", ""]),
        ({"text": ["", "b"]}, ["text/empty", ""]),
        ({"text": ["<think>never closed", "b"]}, ["text/tag_damage", ""]),
        ({"text": [LOST, LOST]}, ["text/call_failed"] * 2),
        ({"text": ["INVALID", "b"]}, ["text/invalid", ""]),
        ({"text": ["b", " B "]}, ["", "text/repeated"]),
        ({"text": ["it  rains.", "b"]}, ["text/repeated", ""]),
        ({"vote": ["Label: yes", "Label: no", "Label: yes", "Label: yes"]}, ["vote/disagreement", ""]),
        ({"vote": ["?", "?", LOST, LOST]}, ["vote/unreadable_label", "vote/call_failed"]),
    ],
)
async def test_texts_that_go(steps: dict[str, Any], expected: list[str]) -> None:
    """Each with its reason, on the card."""
    replies = {"context": "It rains.", "text": ["a", "b"], "vote": "Label: yes", **steps}

    rows = await try_recipe(ZeroGen(pair=True, samples=2, votes=2), PAIR, replies)

    assert fates(rows) == expected
    assert {one for one in expected if one} <= set(ZeroGen.card.rejects)


async def test_votes_confirm_the_label() -> None:
    """They are charged, and their agreement is on the row."""
    (row,) = await try_recipe(ZeroGen(votes=2), EN, {"text": "Cold soup.", "vote": Completion("Label: not content", cost_usd=1.0)})

    assert isinstance(row, Sample)
    assert (row.meta["agreement"], row.meta["votes"], row.cost_usd) == (1.0, {"not content": 2}, 2.0)


async def test_a_call_that_fails_before_anything_is_paid_fails_the_seed() -> None:
    """It comes again; a failed sample leaves the others."""
    with pytest.raises(ChatError):
        await try_recipe(ZeroGen(samples=2), EN, {"text": LOST})
    assert fates(await try_recipe(ZeroGen(samples=2), EN, {"text": [LOST, "b"]})) == [""]


async def test_unfit_seeds_and_options() -> None:
    """Without task, labels or a label of them no call is made; your own check is the last."""
    told = ZeroGen(verify={"call": "tests.recipes.checks:is_short"})
    seeds: list[dict[str, Any]] = [{"label": "x"}, {**EN, "labels": "content"}, {**EN, "label": "x"}]
    rows = [row for seed in seeds for row in await try_recipe(told, seed, {})]
    (long,) = await try_recipe(told, {**EN, "labels": ["a", "b" * 20], "label": "b" * 20}, {"text": "Soup."})

    assert fates([*rows, long]) == ["seed/no_task", "seed/no_task", "seed/no_label", "verify/too_long"]
    with pytest.raises(ConfigError, match="votes is -1"):
        ZeroGen(votes=-1)
