from __future__ import annotations

import copy
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from stream_synth.errors import ChatError, ConfigError
from stream_synth.protocols import Ask, Tools
from stream_synth.recipes.escalating import Escalate, Escalating
from stream_synth.recipes.preference import Preference
from stream_synth.recipes.shared.scripted import ScriptedAsk, ScriptedTools, try_recipe
from stream_synth.recipes.star import Star
from stream_synth.values import Rejected, Sample, Seed
from tests.recipes.solutions import LOST, RIGHT, SEEDS, WRONG, fates

EN = SEEDS[0][1]


def tiers(rows: list[Sample | Rejected]) -> list[int]:
    """The tier of each candidate."""
    return [(row.sample if isinstance(row, Rejected) else row).meta["tier"] for row in rows]


def escalated(**options: object) -> Escalating:
    """STaR without hints, and who is asked next."""
    return Escalating(Star(hints=0), Escalate(to="stronger", **options))  # type: ignore[arg-type]


@pytest.mark.parametrize(("lang", "seed"), SEEDS)
async def test_a_failed_question_is_asked_of_the_stronger_role(lang: str, seed: dict[str, str]) -> None:
    """Both answers are candidates, each under its own step and slot; the words asked are the same."""
    ask = ScriptedAsk({"solve": WRONG[lang], "escalated/solve": RIGHT[lang]})

    rows = await try_recipe(escalated(on=("wrong_answer",)), seed, ask)

    assert (fates(rows), tiers(rows)) == (["answer/wrong_answer", "accepted"], [1, 2])
    assert [(step, role) for step, _, role, _ in ask.asked] == [("solve", "teacher"), ("escalated/solve", "stronger")]
    assert ask.asked[0][3] == ask.asked[1][3]
    assert isinstance(rows[1], Sample)
    assert rows[1].slot == "escalated/solve/0"


@pytest.mark.parametrize(
    ("on", "is_asked"), [(None, True), (("answer/wrong_answer",), True), (("truncated", "wrong_answer"), True), (("refused",), False)]
)
async def test_only_the_named_reasons_escalate(on: tuple[str, ...] | None, *, is_asked: bool) -> None:
    """By reason, or by step and reason; left out, any of them."""
    ask = ScriptedAsk({"solve": WRONG["en"], "escalated/solve": RIGHT["en"]})

    await try_recipe(escalated(on=on), EN, ask)

    assert len(ask.asked) == 1 + is_asked


async def test_what_passed_stays_with_the_teacher() -> None:
    """One accepted candidate is enough, whatever became of the others."""
    ask = ScriptedAsk({"solve": [WRONG["en"], RIGHT["en"]]})

    rows = await try_recipe(Escalating(Star(samples=2), Escalate(to="stronger")), EN, ask)

    assert tiers(rows) == [1, 1]


async def test_a_share_of_what_passed_is_drawn_by_seed() -> None:
    """About two of ten, and the same ones each time."""
    script = {"solve": RIGHT["en"], "escalated/solve": RIGHT["en"]}
    recipe = escalated(on=(), share=0.2)

    async def drawn() -> list[bool]:
        return [len(await try_recipe(recipe, EN, script, seed_id=f"s{n}")) == 2 for n in range(200)]

    once, again = await drawn(), await drawn()

    assert once == again
    assert 25 <= sum(once) <= 55  # 40 expected, standard deviation 6


async def test_a_seed_without_a_question_is_asked_of_nobody() -> None:
    """A stronger model cannot read it either."""
    ask = ScriptedAsk({})

    rows = await try_recipe(escalated(), {"answer": "1"}, ask)

    assert (len(rows), ask.asked) == (1, [])


async def test_a_stronger_role_that_fails_leaves_the_first_tier_as_it_was() -> None:
    """Its candidates were yielded before the error."""
    ask = ScriptedAsk({"solve": WRONG["en"], "escalated/solve": LOST})
    rows: list[Sample | Rejected] = []

    async def collect() -> None:
        async for candidate in escalated().expand(Seed("s1", EN), ask, ScriptedTools("s1")):
            rows.append(candidate)  # noqa: PERF401  # what came before the error counts

    with pytest.raises(ChatError):
        await collect()

    assert fates(rows) == ["answer/wrong_answer"]


async def test_the_judge_stays_who_it_is() -> None:
    """Only the teacher is replaced: both tiers are measured by the same judge."""

    @dataclass(frozen=True)
    class Judged:
        name = "judged"

        async def expand(self, seed: Seed, ask: Ask, tools: Tools) -> AsyncIterator[Sample | Rejected]:
            """One answer, one judgement, one value and draw of the tools."""
            answer = await ask("answer", Star().request(()))
            judged = await ask.many("judge", Star().request(()), 2, role="judge")

            async def seen() -> str:
                return answer.text

            sample = Sample(str(tools.rng("draw").random()), str(await tools.journalled("seen", seen)), slot=seed.id)
            await tools.pool("examples", 1)
            yield sample if judged[0].text == "yes" else Rejected(sample, "judge", "no")

    ask = ScriptedAsk({"answer": "a", "judge": "no", "escalated/answer": "b", "escalated/judge": "yes"})

    rows = await try_recipe(Escalating(Judged(), Escalate(to="stronger")), {}, ask)

    assert [role for _, _, role, _ in ask.asked] == ["teacher", "judge", "judge", "stronger", "judge", "judge"]
    assert isinstance(rows[0], Rejected)
    assert isinstance(rows[1], Sample)
    assert (rows[0].sample.response, rows[1].response) == ("a", "b")
    assert rows[0].sample.prompt == rows[1].prompt


def test_everything_else_is_answered_by_the_recipe() -> None:
    """Card, options and what it draws from, in a copy too."""
    recipe = copy.copy(Escalating(Preference(max_tokens=7), Escalate(to="stronger")))

    assert (recipe.card, recipe.max_tokens) == (Preference.card, 7)
    assert not hasattr(recipe, "draws_from")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"to": "teacher"}, "to is 'teacher', who was asked already"),
        ({"to": "stronger", "share": 1.5}, "share is 1.5; give a share from 0 to 1"),
        ({"to": "stronger", "on": ()}, "no seed is ever asked again"),
    ],
)
def test_what_makes_no_sense_is_refused(options: dict[str, object], message: str) -> None:
    """With the remedy."""
    with pytest.raises(ConfigError, match=message):
        Escalate(**options)  # type: ignore[arg-type]
