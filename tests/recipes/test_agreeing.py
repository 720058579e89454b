from __future__ import annotations

import pytest

from stream_synth.errors import ChatError
from stream_synth.recipes.agreeing import groups_in
from stream_synth.recipes.self_consistency import SelfConsistency
from stream_synth.recipes.shared.scripted import Reply, try_recipe
from stream_synth.values import Completion, Rejected, Sample
from tests.recipes.solutions import fates

SEEDS = {
    "en": {"question": "Why is the sea salty?", "answer_kind": "open"},
    "zh": {"question": "海水为什么是咸的？", "answer_kind": "open"},
}
SAYS = {
    "en": ["Rivers bring salt from the rocks.", "Whales.", "Salt washed out of rocks by rivers."],
    "zh": ["河流把岩石里的盐带进海里。", "因为鲸鱼。", "岩石中的盐被河水冲进大海。"],
}
GROUPS = {"en": "1 and 3 name rivers.\n**Group:** 1, 3\nGroup 2: 2", "zh": "一和三都说河流。\n- 组：1、3\n组：2"}


@pytest.mark.parametrize("lang", ["en", "zh"])
async def test_answers_that_mean_the_same_stay(lang: str) -> None:
    """The judge is paid by the first of them, and none needs a number or a formula."""
    rows = await try_recipe(SelfConsistency(samples=3, judge=True), SEEDS[lang], {"solve": SAYS[lang], "agree": GROUPS[lang]})

    assert fates(rows) == ["accepted", "vote/minority", "accepted"]
    first, _, third = rows
    assert isinstance(first, Sample)
    assert isinstance(third, Sample)
    assert (first.score, first.meta["votes"], first.meta["answer_kind"]) == (0.6667, {"1": 2, "2": 1}, "open")
    assert first.prompt_tokens > third.prompt_tokens
    assert set(first.meta) <= set(SelfConsistency.card.meta_keys)


async def test_the_judges_prompt_is_part_of_the_rows_origin() -> None:
    """Rows that it voted on are told from those on which answers themselves did."""
    said = {"solve": ["\\boxed{3}", "\\boxed{3}"]}
    rows = [(await try_recipe(SelfConsistency(samples=2, judge=judge), {"question": "1 + 2 = ?"}, said))[0] for judge in (True, False)]
    with_judge, without = [row.meta["prompt_hash"] for row in rows if isinstance(row, Sample)]

    assert with_judge != without


async def test_without_a_judge_open_rows_are_refused() -> None:
    """Before any call."""
    rows = await try_recipe(SelfConsistency(samples=3), SEEDS["en"], {})

    assert fates(rows) == ["seed/open_answer"]


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("Group: 1, 2", "unreadable_groups"),
        ("Group: 1, 2\nGroup: 2, 3", "unreadable_groups"),
        (Completion("Group: 1, 2, 3", finish_reason="length"), "unreadable_groups"),
        (ChatError("server", "gone"), "call_failed"),
    ],
)
async def test_a_judge_that_says_nothing_keeps_nothing(said: str | Completion | ChatError, reason: str) -> None:
    """What was paid for is kept for reading."""
    rows = await try_recipe(SelfConsistency(samples=3, judge=True), SEEDS["en"], {"solve": SAYS["en"], "agree": said})

    assert fates(rows) == [f"vote/{reason}"] * 3
    assert isinstance(rows[0], Rejected)
    assert rows[0].sample.response == SAYS["en"][0]


async def test_only_whole_answers_are_compared() -> None:
    """One that ran out of tokens has no vote and no number."""
    said: list[Reply] = [SAYS["en"][0], Completion("Because", finish_reason="length"), SAYS["en"][2]]
    rows = await try_recipe(SelfConsistency(samples=3, judge=True), SEEDS["en"], {"solve": said, "agree": "Group: 1, 2"})

    assert fates(rows) == ["accepted", "solve/truncated", "accepted"]


async def test_nothing_whole_asks_no_judge() -> None:
    """There is nothing to compare."""
    rows = await try_recipe(SelfConsistency(samples=2, judge=True), SEEDS["en"], {"solve": Completion(" ")})

    assert fates(rows) == ["solve/empty", "solve/empty"]


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        (text, [{0, 2}, {1}])
        for text in ("第1组：1、3\n第2组：2", "组一：1、3\n组二：2", "**Group A:** 1, 3\n**Group B:** 2", "第 1 组：1、3\n组 2：2")
    ]
    + [("Grouping: 1, 2, 3", None), ("组合：1、2、3", None)]
    + [("Group: 2\nGroup: 1, 3", [{0, 2}, {1}]), ("组：一", None), ("", None), ("Group: 0, 1, 2", None)],
)
def test_groups_as_a_judge_writes_them(text: str, groups: list[set[int]] | None) -> None:
    """Each answer in exactly one."""
    assert groups_in(text, 3) == groups
