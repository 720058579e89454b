from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from stream_synth.gates.reward import RewardOptions
from stream_synth.gates.reward.judge import rubric
from stream_synth.values import Sample
from tests.gates.reward.asking import SAMPLE, chatting, verdict_on

MARKS = "correct: 5\nwell_formed: 4\nunambiguous: 3"
JUDGE = RewardOptions(scorer="judge")


def tokens(text: str, digits: dict[str, dict[str, float]]) -> list[dict[str, Any]]:
    """One token a character; at a digit named here, the alternatives with their probabilities."""
    made = []
    for character in text:
        shares = digits.get(character, {character: 1.0})
        top = [{"token": one, "logprob": math.log(share)} for one, share in shares.items()]
        made.append({"token": character, "logprob": math.log(max(shares.values())), "top_logprobs": top})
    return made


async def judged(directory: Path, replies: list[dict[str, Any]], sample: Sample = SAMPLE, options: RewardOptions = JUDGE) -> Any:
    async with chatting(directory, replies) as chat:
        return await verdict_on(sample, options, chat)


@pytest.mark.parametrize(
    "reply",
    [
        MARKS,
        "<think>correct: 1?</think>\ncorrect: 5\nwell_formed: 4\nunambiguous: 3",
        '{"correct": 5, "well-formed": 4, "unambiguous": 3}',
        "**correct**：5 分\n**well_formed**：4\n**unambiguous**：3",
    ],
)
async def test_three_marks_stand_in_the_evidence(tmp_path: Path, reply: str) -> None:
    """Their mean is the score, 1 being 0 and 5 being 1."""
    verdict = await judged(tmp_path, [{"reply": reply}])

    assert verdict.evidence["marks"] == {"correct": 5, "well_formed": 4, "unambiguous": 3}
    assert (verdict.passed, verdict.score, verdict.scorer) == (True, 0.75, "judge")


@pytest.mark.parametrize("reply", ["correct: 5", "Looks good to me!", MARKS.replace("5", "10"), MARKS.replace("5", "0"), ""])
async def test_a_reply_without_three_marks_is_no_score(tmp_path: Path, reply: str) -> None:
    """Never a 0."""
    verdict = await judged(tmp_path, [{"reply": reply}])

    assert (verdict.passed, verdict.score) == (False, None)
    assert verdict.reason in {"unreadable", "call_failed"}


async def test_a_mark_can_be_a_threshold(tmp_path: Path) -> None:
    """The row fails by that mark, whatever the mean."""
    verdict = await judged(tmp_path, [{"reply": MARKS}], options=replace(JUDGE, min_marks={"unambiguous": 4}))

    assert (verdict.passed, verdict.reason, verdict.score) == (False, "low_unambiguous", 0.75)


async def test_log_probabilities_weigh_the_digits(tmp_path: Path) -> None:
    """A 5 that is half a 4 counts 4.5."""
    logprobs = tokens(MARKS, {"5": {"5": 0.5, "4": 0.5}})

    verdict = await judged(tmp_path, [{"reply": MARKS, "logprobs": logprobs}])

    assert verdict.evidence["marks"]["correct"] == 4.5
    assert verdict.evidence["weighed"]


async def test_digits_that_cover_too_little_are_refused(tmp_path: Path) -> None:
    """Most of the probability lay on words: the digit says nothing."""
    logprobs = tokens(MARKS, {"5": {"5": 0.3, "maybe": 0.6}})

    verdict = await judged(tmp_path, [{"reply": MARKS, "logprobs": logprobs}])

    assert (verdict.passed, verdict.reason, verdict.score) == (False, "uncertain_marks", None)


async def test_a_judge_that_prefers_a_place_gives_one_half(tmp_path: Path) -> None:
    """A pair is asked in both orders."""
    pair = replace(SAMPLE, chosen="Paris.", rejected="Rome.")

    verdict = await judged(tmp_path, [{"reply": "better: 1"}], pair)

    assert (verdict.score, verdict.evidence["agrees"]) == (0.5, False)


async def test_a_judge_that_sees_the_better_answer_in_both_places_gives_one(tmp_path: Path) -> None:
    """Whichever place it stands in."""
    pair = replace(SAMPLE, chosen="巴黎。", rejected="罗马。", prompt="法国的首都是哪里？", lang="zh")
    rules = [{"last": "<answer_1>\\s*巴黎", "reply": "better: 1"}, {"reply": "better: 2"}]

    verdict = await judged(tmp_path, rules, pair)

    assert (verdict.passed, verdict.score, verdict.evidence["agrees"]) == (True, 1.0, True)


@pytest.mark.parametrize(
    ("lang", "meta", "says"),
    [
        ("en", {"answer_kind": "exact", "gold": "42"}, "this result: 42"),
        ("en", {"answer_kind": "set", "gold": ["2", "3"]}, "in any order, none missing and none added: 2, 3"),
        ("en", {"answer_kind": "open", "gold": "42"}, "do not compare"),
        ("zh", {"answer_kind": "exact", "gold": "42"}, "最终结果是否为：42"),
        ("zh", {}, "不要与某一种固定说法比对"),
    ],
)
def test_open_rows_are_never_compared_with_one_answer(lang: str, meta: dict[str, Any], says: str) -> None:
    """What "correct" asks follows from the row's kind of answer."""
    prompt = rubric(Sample("a {response}", "b {prompt}", lang=lang, meta=meta))

    assert says in prompt
    assert "a {response}" in prompt
    assert "b {prompt}" in prompt
