from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest

from stream_synth.errors import ChatError, ConfigError
from stream_synth.recipes.preference import Preference
from stream_synth.recipes.shared.scripted import ScriptedAsk, try_recipe
from stream_synth.values import Completion, Rejected, Request, Sample, Usage

EN = ("Why is the sky blue?", ["Because it is.", "Air scatters blue most.", "The sea is blue.", "Blue is scattered by air."])
ZH = ("天为什么是蓝的？", ["因为就是蓝的。", "空气把蓝光散射得最多。", "因为海是蓝色的。", "蓝光被空气散射了。"])
LOST = ChatError("server_error", "500")
CUT = Completion("half of it", finish_reason="length", usage=Usage(1, 5))


def scoring(scores: Mapping[str, float], line: str = "Score [{}]: {}", lean: float = 0.0) -> Any:
    """A judge that knows each answer's worth, and adds `lean` to whatever stands first."""
    worth = {answer.strip(): score for answer, score in scores.items()}

    def judge(request: Request, _: int) -> str:
        listed = re.findall(r"^\[(\d)\]\n(.+)$", request.messages[0]["content"], re.MULTILINE)
        return "\n".join(line.format(place, worth[answer.strip()] + (lean if place == "1" else 0)) for place, answer in listed)

    return judge


def script(answers: Any = EN[1], scores: tuple[float, ...] = (2, 8, 3, 7), **more: Any) -> dict[str, Any]:
    """Answers and a judge of them."""
    return {"answer": answers, "judge": scoring(dict(zip(answers, scores, strict=False)), **more)}


@pytest.mark.parametrize(("asked", "line"), [(EN, "Score [{}]: {}"), (ZH, "**分数 [{}]**：{} 分")])
async def test_best_and_worst_make_a_pair(asked: tuple[str, list[str]], line: str) -> None:
    """Rated four times, each answer once in every place; ratings, margin and models are on the row."""
    question, answers = asked
    ask = ScriptedAsk(script(answers, line=line))

    (row,) = await try_recipe(Preference(), {"question": question}, ask)

    judged = [request.messages[0]["content"] for step, _, role, request in ask.asked if (step, role) == ("judge", "judge")]
    assert isinstance(row, Sample)
    assert (row.response, row.chosen, row.rejected, row.score) == (answers[1], answers[1], answers[0], 8.0)
    assert (row.meta["ratings"], row.meta["margin"]) == ([2.0, 8.0, 3.0, 7.0], 6.0)
    assert row.messages[-1]["content"] == row.chosen
    assert len(judged) == 4
    assert {prompt.partition("[1]\n")[2].partition("\n")[0] for prompt in judged} == set(answers)
    assert set(row.meta) <= set(Preference.card.meta_keys)


async def test_a_judge_that_likes_the_first_place_decides_nothing() -> None:
    """Its leaning adds the same to every answer, so equal answers stay equal."""
    (row,) = await try_recipe(Preference(), {"question": EN[0]}, script(scores=(5, 5, 5, 5), lean=4))

    assert isinstance(row, Rejected)
    assert (row.step, row.reason, row.score) == ("pair", "no_margin", 0.0)


@pytest.mark.parametrize(("scores", "kept"), [((5, 6), False), ((5, 6.5), True)])
async def test_margin_is_strict(scores: tuple[float, ...], kept: bool) -> None:  # noqa: FBT001
    """A difference of exactly 1 is not enough."""
    (row,) = await try_recipe(Preference(samples=2), {"question": EN[0]}, script(EN[1][:2], scores))

    assert isinstance(row, Sample) == kept


async def test_lengths_can_be_compared_or_there_is_no_pair() -> None:
    """The widest margin among comparable lengths; none at all when length alone tells the two apart."""
    long = ("Air scatters blue light far more than red, " * 5).strip()
    answers = ["No idea.", long, "Ask Ann."]

    (pair,) = await try_recipe(Preference(samples=3), {"question": EN[0]}, script(answers, (1, 9, 4)))
    (none,) = await try_recipe(Preference(samples=2), {"question": EN[0]}, script(answers[:2], (1, 9)))

    assert isinstance(pair, Sample)
    assert (pair.chosen, pair.rejected) == ("Ask Ann.", "No idea.")
    assert isinstance(none, Rejected)
    assert (none.step, none.reason) == ("pair", "lengths_differ")


@pytest.mark.parametrize(
    "said",
    [
        "All are fine.",
        "Score [1]: 4",
        "Score [1]: 4\nScore [2]: 11",
        "Score [1]: 4\nScore [2]: 7\nScore [3]: 5",
        "Score [1]: 4\nScore [2]: 7\nScore [2]: 5",
        "Score [1]: 4\nScore [2]: 6-7",
        "",
        CUT,
    ],
)
async def test_judgement_that_is_not_whole_decides_nothing(said: Any) -> None:
    """Every answer once, within the range, in every judgement."""
    good = "Score [1]: 2\nScore [2]: 7"

    (row,) = await try_recipe(Preference(samples=2), {"question": EN[0]}, {"answer": EN[1][:2], "judge": [good, good, said, good]})

    assert isinstance(row, Rejected)
    assert (row.step, row.reason) == ("judge", "unreadable_scores")
    assert f"{row.step}/{row.reason}" in Preference.card.rejects


async def test_judge_out_of_reach() -> None:
    """The pair is lost, what was paid is on record."""
    good = Completion("Score [1]: 2\nScore [2]: 7", cost_usd=1.0)

    (row,) = await try_recipe(Preference(samples=2), {"question": EN[0]}, {"answer": EN[1][:2], "judge": [good, LOST, good, good]})

    assert isinstance(row, Rejected)
    assert (row.step, row.reason, row.sample.cost_usd) == ("judge", "call_failed", 3.0)


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (CUT, "truncated"),
        (Completion("", finish_reason="content_filter"), "refused"),
        (" ", "empty"),
        ("<think>never closed", "tag_damage"),
    ],
)
async def test_answers_that_are_none_leave_the_others(reply: Any, reason: str) -> None:
    """Three go on; with one left there is no pair."""
    steps: dict[str, Any] = {"answer": [reply, *EN[1][1:]], "judge": scoring(dict(zip(EN[1], (0, 8, 3, 7), strict=True)))}

    rows = await try_recipe(Preference(), {"question": EN[0]}, steps)
    few = await try_recipe(Preference(samples=2), {"question": EN[0]}, {"answer": [reply, "Because."]})

    assert isinstance(rows[0], Rejected)
    assert f"{rows[0].step}/{rows[0].reason}" == f"answer/{reason}"
    assert isinstance(rows[1], Sample)
    assert [f"{row.step}/{row.reason}" for row in few if isinstance(row, Rejected)] == [f"answer/{reason}", "answer/too_few"]


async def test_the_same_answer_twice_is_one() -> None:
    """A judge that rates copies differently makes no pair of them."""
    (row,) = await try_recipe(Preference(samples=2), {"question": EN[0]}, {"answer": ["Because.", " because. "]})

    assert isinstance(row, Rejected)
    assert (row.step, row.reason) == ("answer", "too_few")


async def test_models_cost_and_own_check() -> None:
    """The row's model is the chosen answer's; all calls are charged."""
    answers = [Completion(text, model=f"m{number}", cost_usd=1.0) for number, text in enumerate(EN[1])]
    steps: dict[str, Any] = {"answer": answers, "judge": Completion("Score [1]: 2\nScore [2]: 9\nScore [3]: 3\nScore [4]: 5", cost_usd=1.0)}

    (row,) = await try_recipe(Preference(judgements=1), {"question": EN[0]}, steps)
    (checked,) = await try_recipe(Preference(verify={"call": "tests.recipes.checks:is_short"}), {"question": EN[0]}, script())

    assert isinstance(row, Sample)
    assert (row.model, row.meta["chosen_model"], row.meta["rejected_model"], row.cost_usd) == ("m1", "m1", "m0", 5.0)
    assert isinstance(checked, Rejected)
    assert checked.step == "verify"


@pytest.mark.parametrize("options", [{"samples": 1}, {"judgements": 0}, {"margin": -1}, {"max_length_ratio": 0.5}])
def test_impossible_options_are_configuration_errors(options: dict[str, Any]) -> None:
    """Named at once."""
    with pytest.raises(ConfigError, match=next(iter(options))):
        Preference(**options)


async def test_seed_without_a_question_costs_no_call() -> None:
    """Rejected at step `seed`."""
    (row,) = await try_recipe(Preference(), {"question": " "}, {})

    assert isinstance(row, Rejected)
    assert (row.step, row.reason) == ("seed", "no_question")
