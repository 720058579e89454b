from __future__ import annotations

from typing import Any

import pytest

from stream_synth.errors import ConfigError
from stream_synth.recipes.metamath import TYPES, MetaMath
from stream_synth.recipes.shared.scripted import ScriptedAsk, try_recipe
from stream_synth.values import Completion, Request, Sample
from tests.recipes.solutions import BROKEN, EN, LOST, RIGHT, SEEDS, WRONG, ZH, fates

ANEW = {
    "en": "Each of 4 rows of a box holds 6 jars, 5 of them empty. How many are full?",
    "zh": "4排罐子，每排6个，5个是空的，装满的有多少？",
}
STATEMENT = {"en": "19 jars are full.", "zh": "装满的有19个。"}
HOLES = {"4": ("x rows", "有x排"), "6": ("x jars.", "每排x个"), "5": ("x jars are", "其中x个")}


def solver(request: Request, _: int) -> str:
    """Knows what was hidden, and the answer of the question as it stands."""
    asked = str(request.messages[-1]["content"])
    hidden = [number for number, shown in HOLES.items() if any(one in asked for one in shown)]
    return f"So it is \\boxed{{{hidden[0] if hidden else 19}}}."


def script(lang: str, **steps: Any) -> dict[str, Any]:
    """Every call answered well but for `steps`."""
    paths = ["solve/answer", *(f"solve/{step}/{number}" for step in ("rephrased", "verify", "backward") for number in range(3))]
    return {"rephrase": ANEW[lang], "declare": STATEMENT[lang], **dict.fromkeys(paths, solver), **steps}


@pytest.mark.parametrize(("lang", "seed"), SEEDS)
async def test_a_question_is_augmented_in_four_ways(lang: str, seed: dict[str, str]) -> None:
    """Solved anew, reworded, and twice asked backwards for a number that was hidden."""
    rows = await try_recipe(MetaMath(samples=1), seed, ScriptedAsk(script(lang)))

    assert fates(rows) == ["accepted"] * 4
    taught = [row for row in rows if isinstance(row, Sample)]
    assert [row.meta["type"] for row in taught] == list(TYPES)
    assert {row.meta["original_question"] for row in taught} == {seed["question"]}
    assert [row.prompt for row in taught[:2]] == [seed["question"], ANEW[lang]]
    assert STATEMENT[lang] in taught[2].prompt
    assert any(one in taught[3].prompt for one in ("19", "十九"))
    for row in taught[2:]:
        assert "x" in row.prompt
        assert row.meta["gold"] == row.meta["masked"]
    assert all(row.messages[0]["content"] == row.prompt and set(row.meta) <= set(MetaMath.card.meta_keys) for row in taught)


@pytest.mark.parametrize(("lang", "seed"), SEEDS)
async def test_numbers_are_hidden_each_in_turn(lang: str, seed: dict[str, str]) -> None:
    """As many as there are, none twice."""
    rows = await try_recipe(MetaMath(samples=9, types=["FOBAR"]), seed, script(lang))

    assert sorted(row.meta["masked"] for row in rows if isinstance(row, Sample)) == ["4", "5", "6"]


async def test_the_context_stays_before_every_question() -> None:
    """Nothing in it is hidden."""
    rows = await try_recipe(MetaMath(samples=3), {**EN, "context": "A dozen is 12."}, script("en"))

    assert len(rows) == 12
    assert all(row.prompt.index("A dozen is 12.") < row.prompt.index("jars") for row in rows if isinstance(row, Sample))


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("lang", ["en", "zh"])
async def test_only_the_known_answer_counts(kind: str, lang: str) -> None:
    """That of the question, or the hidden number."""
    paths = {"AnsAug": "answer", "Rephrased": "rephrased/0", "SV": "verify/0", "FOBAR": "backward/0"}
    seed = dict(SEEDS)[lang]

    for said, fate in ((WRONG[lang].replace("24", "77"), "answer/wrong_answer"), ("?", "answer/no_answer"), (LOST, "solve/call_failed")):
        rows = await try_recipe(MetaMath(samples=1, types=[kind]), seed, script(lang, **{f"solve/{paths[kind]}": said}))

        assert fates(rows) == [fate]


@pytest.mark.parametrize(
    ("kind", "step", "said", "fate"),
    [
        ("Rephrased", "rephrase", "INVALID", "rephrase/invalid"),
        ("Rephrased", "rephrase", f" {EN['question'].upper()}", "rephrase/copied"),
        ("Rephrased", "rephrase", LOST, "rephrase/call_failed"),
        ("SV", "declare", "INVALID.", "declare/invalid"),
        ("SV", "declare", "Many jars are full.", "declare/lacks_answer"),
        ("SV", "declare", LOST, "declare/call_failed"),
    ],
)
async def test_rewordings_and_statements_that_will_not_do(kind: str, step: str, said: Any, fate: str) -> None:
    """No solution of them is asked for."""
    rows = await try_recipe(MetaMath(samples=1, types=[kind]), EN, {step: said})

    assert fates(rows) == [fate]
    assert fate in MetaMath.card.rejects


@pytest.mark.parametrize(("lang", "said"), [("en", "Question: How many?\nAnswer: 19\n**Statement:** {}"), ("zh", "陈述：{}")])
async def test_the_form_of_the_examples_is_taken_off(lang: str, said: str) -> None:
    """A model that repeats it has still said what was asked for."""
    steps = {"declare": said.format(STATEMENT[lang])}

    (row,) = await try_recipe(MetaMath(samples=1, types=["SV"]), dict(SEEDS)[lang], script(lang, **steps))

    assert isinstance(row, Sample)
    assert row.meta["statement"] == STATEMENT[lang]


@pytest.mark.parametrize(("reply", "reason"), BROKEN)
async def test_replies_that_are_none(reply: Any, reason: str) -> None:
    """At each step."""
    steps = {"rephrase": reply, "declare": reply, "solve/answer": reply, "solve/backward/0": reply}

    rows = await try_recipe(MetaMath(samples=1), ZH, script("zh", **steps))

    assert fates(rows) == [f"{step}/{reason}" for step in ("solve", "rephrase", "declare", "solve")]
    assert set(fates(rows)) <= set(MetaMath.card.rejects)


async def test_nothing_to_hide() -> None:
    """A question without numbers, or with all of them in its last sentence."""
    rows = await try_recipe(MetaMath(types=["SV", "FOBAR"]), {"question": "How many legs has a cat?", "answer": "4"}, {})

    assert fates(rows) == ["mask/no_number", "mask/no_number"]


async def test_every_call_is_charged_once() -> None:
    """The statement's to the first of its rows, a rewording's to its own."""
    paid = {"rephrase": Completion(ANEW["en"], cost_usd=1.0), "declare": Completion(STATEMENT["en"], cost_usd=1.0)}

    rows = await try_recipe(MetaMath(samples=2), EN, script("en", **paid))

    assert [row.cost_usd for row in rows if isinstance(row, Sample)] == [0, 0, 1.0, 1.0, 1.0, 0, 0, 0]


async def test_own_check_and_keep() -> None:
    """They look at rows of every type."""
    rows = await try_recipe(MetaMath(samples=1, keep=2), EN, script("en"))
    checked = await try_recipe(
        MetaMath(samples=1, types=["AnsAug"], verify={"call": "tests.recipes.checks:is_short"}), EN, {"solve/answer": RIGHT["en"]}
    )

    assert fates(rows) == ["accepted", "accepted", "keep/over_keep", "keep/over_keep"]
    assert fates(checked) == ["verify/too_long"]


@pytest.mark.parametrize("types", [(), ("Sideways",)])
def test_unknown_types_are_configuration_errors(types: Any) -> None:
    """Named at once."""
    with pytest.raises(ConfigError, match="types"):
        MetaMath(types=types)
