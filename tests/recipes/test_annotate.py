from __future__ import annotations

from typing import Any

import pytest

from stream_synth.errors import ChatError, ConfigError
from stream_synth.recipes.annotate import Annotate
from stream_synth.recipes.shared.scripted import ScriptedAsk, try_recipe
from stream_synth.values import Completion, Rejected, Sample

EN = {"text": "The soup was cold.", "task": "Is the guest content?", "labels": ["content", "not content"]}
ZH = {"text": "汤是凉的。", "task": "客人满意吗？", "labels": {"满意": "愿意再来", "不满意": "不愿再来"}}
LOST = ChatError("server_error", "500")
YES, NO = "Warm words.\nLabel: content", "Cold soup.\n**Label:** Not content."


def fate(row: Sample | Rejected) -> str:
    """Why a candidate was rejected, "" where it was not."""
    return f"{row.step}/{row.reason}" if isinstance(row, Rejected) else ""


@pytest.mark.parametrize(("seed", "votes", "label"), [(EN, [NO, NO, YES, NO, NO], "not content"), (ZH, ["标签：“不满意”。"] * 5, "不满意")])
async def test_the_label_of_most_votes_stays(seed: dict[str, Any], votes: list[str], label: str) -> None:
    """The text is the prompt, task and labels are the system turn; votes and agreement are on the row."""
    ask = ScriptedAsk({"vote": votes})

    (row,) = await try_recipe(Annotate(), seed, ask)

    assert isinstance(row, Sample)
    assert (row.prompt, row.response, row.dedup_on) == (seed["text"], label, "prompt")
    assert [turn["role"] for turn in row.messages] == ["system", "user", "assistant"]
    assert all(one in row.messages[0]["content"] for one in [seed["task"], *seed["labels"]])
    assert (row.meta["agreement"], row.score) == (votes.count(votes[0]) / 5, votes.count(votes[0]) / 5)
    assert set(row.meta) <= set(Annotate.card.meta_keys)
    assert len({request.messages[0]["content"] for _, _, _, request in ask.asked}) > 1


@pytest.mark.parametrize(
    ("votes", "expected", "label"),
    [
        ([NO, NO, NO, YES, YES], "vote/disagreement", "not content"),
        ([NO, NO, NO, "Both fit.", "Label: cold"], "vote/disagreement", "not content"),
        ([NO, NO, NO, NO, "Label: content\nLabel: not content"], "", "not content"),
        ([NO, NO, NO, NO, LOST], "", "not content"),
        (["content"] * 5, "", "content"),
        (["Label: fine"] * 5, "vote/unreadable_label", ""),
        ([Completion("Label: content", finish_reason="length")] * 5, "vote/unreadable_label", ""),
        ([LOST] * 5, "vote/call_failed", ""),
    ],
)
async def test_disagreement_is_for_review(votes: list[Any], expected: str, label: str) -> None:
    """The rejected row holds the label of most votes, so that a reviewer has only to confirm it."""
    (row,) = await try_recipe(Annotate(), EN, {"vote": votes})

    sample = row.sample if isinstance(row, Rejected) else row
    assert fate(row) == expected
    assert not expected or expected in Annotate.card.rejects
    assert sample.response == label


async def test_votes_are_charged() -> None:
    """Each of them, with a model to name."""
    (row,) = await try_recipe(Annotate(samples=2), EN, {"vote": Completion(NO, cost_usd=1.0, model="m")})

    assert isinstance(row, Sample)
    assert (row.cost_usd, row.model) == (2.0, "m")


async def test_labels_of_the_options_and_unfit_seeds() -> None:
    """A seed's own come first; without any, or without a text, no call is made. Your own check is the last."""
    told = Annotate(samples=1, task="Is it food?", labels=["yes", "no"], verify={"call": "tests.recipes.checks:is_short"})
    (row,) = await try_recipe(told, {"text": "Soup."}, {"vote": "Label: yes"})
    (bare,) = await try_recipe(Annotate(), {"text": "Soup."}, {})
    (empty,) = await try_recipe(told, {"text": " "}, {})
    (long,) = await try_recipe(told, {"text": "Soup.", "labels": ["a", "b" * 20]}, {"vote": f"Label: {'b' * 20}"})

    assert isinstance(row, Sample)
    assert [fate(one) for one in (row, bare, empty, long)] == ["", "seed/no_task", "seed/no_text", "verify/too_long"]
    with pytest.raises(ConfigError, match="agreement"):
        Annotate(agreement=2)
