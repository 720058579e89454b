from __future__ import annotations

from typing import Any

import pytest

from stream_synth.errors import ChatError, ConfigError
from stream_synth.recipes.code_repair import CodeRepair
from stream_synth.recipes.shared.scripted import ScriptedAsk, try_recipe
from stream_synth.values import Completion, Rejected, Sample, Usage
from tests.recipes.programming import ANYWHERE, fates, fenced

RIGHT = "def total(xs):\n    return sum(xs)"
WRONG = "def total(xs):\n    found = 1\n    for x in xs:\n        found += x\n    return found"
SLOW = "def total(xs):\n    return sum(sum(x for x in xs[:1]) if False else x for x in [y for y in sorted(xs) for _ in range(200)]) / 200"
TESTS = ["assert total([1, 2]) == 3", "assert total([]) == 0"]
EN: dict[str, Any] = {"question": "Write total(xs), the sum of a list.", "tests": TESTS}
ZH: dict[str, Any] = {"question": "写一个函数 total(xs)，返回列表里各数的和。", "tests": TESTS}
CUT = Completion("half", finish_reason="length", usage=Usage(1, 5))
LOST = ChatError("server_error", "500")
WHY = {"en": "The sum has to start at 0, but it starts at 1.", "zh": "和应当从 0 开始，这里却从 1 开始。"}


@pytest.mark.parametrize("seed", [EN, ZH])
async def test_interact_tells_what_failed_until_all_passes(seed: dict[str, Any]) -> None:
    """A reply without a program is told so; rewards and the whole way are on the row."""
    ask = ScriptedAsk({"turn1": fenced(WRONG), "turn2": "Hm.", "turn3": fenced(RIGHT, "Start at 0.")})

    (row,) = await try_recipe(CodeRepair(**ANYWHERE), seed, ask)

    assert isinstance(row, Sample)
    assert (row.meta["turns"], row.meta["rewards"], row.meta["code"]) == (3, [0.0, 1.0], RIGHT)
    assert [turn["role"] for turn in row.messages] == ["user", "assistant"] * 3
    assert row.prompt == row.messages[0]["content"]
    assert "total([1, 2]) is 4" in row.messages[2]["content"]
    assert ("0 of 2" if seed is EN else "2 个测试中的 0 个") in row.messages[2]["content"]
    assert row.response == row.messages[-1]["content"] == fenced(RIGHT, "Start at 0.")
    assert ask.asked[1][3].messages[1:] == row.messages[1:3]
    assert set(row.meta) <= set(CodeRepair.card.meta_keys)


async def test_interact_may_start_from_a_wrong_program() -> None:
    """What it fails stands in the first turn; one that is right, or is none, is no seed."""
    (row,) = await try_recipe(CodeRepair(**ANYWHERE), {**EN, "code": WRONG}, {"turn1": fenced(RIGHT)})
    (right,) = await try_recipe(CodeRepair(**ANYWHERE), {**EN, "code": RIGHT}, {})
    (none,) = await try_recipe(CodeRepair(**ANYWHERE), {**EN, "code": "def total(:"}, {})

    assert isinstance(row, Sample)
    assert WRONG in row.prompt
    assert "total([1, 2]) is 4" in row.prompt
    assert row.meta["tests"] == TESTS
    assert fates([right, none]) == ["seed/not_wrong", "seed/no_program"]


async def test_interact_gives_up() -> None:
    """After so many turns; the last program decides on the reason."""
    wrong = {f"turn{turn}": fenced(WRONG) for turn in range(1, 11)}
    (ten,) = await try_recipe(CodeRepair(**ANYWHERE), EN, wrong)
    (none,) = await try_recipe(CodeRepair(turns=1, **ANYWHERE), EN, {"turn1": "Hm."})
    (half,) = await try_recipe(CodeRepair(turns=1, **ANYWHERE), EN, {"turn1": fenced("def total(xs):\n    return 3")})
    (lost,) = await try_recipe(CodeRepair(**ANYWHERE), EN, {"turn1": fenced(WRONG), "turn2": LOST})
    (cut,) = await try_recipe(CodeRepair(**ANYWHERE), EN, {"turn1": CUT})

    assert fates([ten, none, half, lost, cut]) == ["tests/failed", "solve/no_code", "tests/failed", "solve/call_failed", "solve/truncated"]
    assert isinstance(ten, Rejected)
    assert isinstance(half, Rejected)
    assert (ten.sample.meta["turns"], half.score) == (10, 0.5)


async def test_repairs_are_independent() -> None:
    """One that fails costs itself; all that fail cost the seed."""
    rows = await try_recipe(CodeRepair(samples=2, **ANYWHERE), EN, {"turn1": [LOST, fenced(RIGHT)]})

    assert fates(rows) == ["accepted"]
    with pytest.raises(ChatError):
        await try_recipe(CodeRepair(samples=2, **ANYWHERE), EN, {"turn1": LOST})


OWN = fenced("assert total([2]) == 2\nassert total([]) == 0\nassert total([1]) ==")


@pytest.mark.parametrize("seed", [EN, ZH])
async def test_reflect_thinks_between_attempts(seed: dict[str, Any]) -> None:
    """Own tests in between, those that are no Python left out; the seed's tests judge."""
    lang = "en" if seed is EN else "zh"
    steps = {"tests": OWN, "turn1": fenced(WRONG), "reflect1": WHY[lang], "turn2": fenced(RIGHT)}

    (row,) = await try_recipe(CodeRepair(mode="reflect", **ANYWHERE), seed, steps)

    assert isinstance(row, Sample)
    assert (row.meta["turns"], row.meta["rewards"], row.meta["reflections"]) == (2, [0.0, 1.0], [WHY[lang]])
    assert row.meta["own_tests"] == ["assert total([2]) == 2", "assert total([]) == 0"]
    assert [turn["role"] for turn in row.messages] == ["user", "assistant"] * 3
    assert row.messages[3]["content"] == WHY[lang]
    assert row.meta["tests"] == TESTS
    assert set(row.meta) <= set(CodeRepair.card.meta_keys)


async def test_reflect_ends_after_three_reflections_and_the_seeds_tests_decide() -> None:
    """Wrong own tests cost turns, not the row; without tests of the seed the own ones decide."""
    bad = fenced("assert total([1]) == 5")
    stubborn = {"tests": bad, **{f"reflect{turn}": "Why?" for turn in (1, 2, 3)}, **{f"turn{turn}": fenced(RIGHT) for turn in (1, 2, 3, 4)}}

    (right,) = await try_recipe(CodeRepair(mode="reflect", **ANYWHERE), EN, stubborn)
    (own,) = await try_recipe(CodeRepair(mode="reflect", **ANYWHERE), {"question": EN["question"]}, stubborn)
    (good,) = await try_recipe(CodeRepair(mode="reflect", **ANYWHERE), {"question": EN["question"]}, {"tests": OWN, "turn1": fenced(RIGHT)})

    assert fates([right, own, good]) == ["accepted", "tests/failed", "accepted"]
    assert isinstance(right, Sample)
    assert isinstance(good, Sample)
    assert len(right.meta["reflections"]) == 3
    assert good.meta["tests"] == good.meta["own_tests"]


@pytest.mark.parametrize(
    ("steps", "fate"),
    [
        ({"tests": "INVALID"}, "tests/invalid"),
        ({"tests": fenced("assert other(1) == 2")}, "tests/no_tests"),
        ({"tests": CUT}, "tests/truncated"),
        ({"tests": OWN, "turn1": fenced(WRONG), "reflect1": " "}, "reflect/empty"),
        ({"tests": OWN, "turn1": fenced(WRONG), "reflect1": LOST}, "reflect/call_failed"),
        ({"tests": OWN, "turn1": fenced(WRONG), "reflect1": "So.", "turn2": CUT}, "solve/truncated"),
        (
            {"tests": OWN, "turn1": "Hm."} | {f"reflect{n}": "So." for n in (1, 2, 3)} | {f"turn{n}": "Hm." for n in (2, 3, 4)},
            "solve/no_code",
        ),
    ],
)
async def test_reflect_fails_with_a_reason(steps: dict[str, Any], fate: str) -> None:
    """Each on the card."""
    rows = await try_recipe(CodeRepair(mode="reflect", **ANYWHERE), EN, steps)

    assert fates(rows) == [fate]
    assert fate in CodeRepair.card.rejects


@pytest.mark.parametrize("seed", [EN, ZH])
async def test_trace_shows_how_the_variables_changed(seed: dict[str, Any]) -> None:
    """The trace of the first failing test stands in the prompt; a fix with a rationale that passes is kept."""
    lang = "en" if seed is EN else "zh"
    replies = [fenced(RIGHT, WHY[lang]), fenced(RIGHT), fenced(WRONG, WHY[lang]), "No idea."]

    rows = await try_recipe(CodeRepair(mode="trace", samples=4, **ANYWHERE), {**seed, "code": WRONG}, {"solve": replies})

    assert fates(rows) == ["accepted", "solve/no_rationale", "tests/failed", "solve/no_code"]
    assert isinstance(rows[0], Sample)
    assert "    found = 1  # (2) found=1\n" in rows[0].prompt
    assert "        found += x  # (4) found=2; (6) found=4\n" in rows[0].prompt
    assert "total([1, 2]) is 4" in rows[0].prompt
    assert set(rows[0].meta) <= set(CodeRepair.card.meta_keys)


async def test_faster_keeps_what_saves_a_tenth() -> None:
    """Right and faster stays; as slow as before, or wrong, goes; the times are on the row."""
    recipe = CodeRepair(mode="faster", samples=3, **ANYWHERE)
    tests = [*TESTS, "assert total(list(range(200))) == 19900"]

    rows = await try_recipe(recipe, {**ZH, "tests": tests, "code": SLOW}, {"solve": [fenced(RIGHT), fenced(SLOW), fenced(WRONG)]})

    assert fates(rows) == ["accepted", "speed/not_faster", "tests/failed"]
    assert isinstance(rows[0], Sample)
    assert rows[0].meta["seconds_after"] < rows[0].meta["seconds_before"] / 5
    assert set(rows[0].meta) <= set(CodeRepair.card.meta_keys)


@pytest.mark.parametrize(
    ("mode", "seed", "fate"),
    [
        ("interact", {"question": "?"}, "seed/no_tests"),
        ("trace", EN, "seed/no_program"),
        ("trace", {**EN, "code": RIGHT}, "seed/not_wrong"),
        ("trace", {**EN, "code": "x = 1"}, "seed/no_trace"),
        ("faster", {**EN, "code": WRONG}, "seed/fails_tests"),
        ("reflect", {"question": "?", "tests": [{"input": "1", "output": "2"}]}, "seed/whole_program"),
        ("reflect", {"question": " "}, "seed/no_question"),
    ],
)
async def test_seeds_that_cannot_be_repaired_cost_no_call(mode: Any, seed: dict[str, Any], fate: str) -> None:
    """Each with its reason."""
    rows = await try_recipe(CodeRepair(mode=mode, **ANYWHERE), seed, {})

    assert fates(rows) == [fate]
    assert fate in CodeRepair.card.rejects


@pytest.mark.parametrize("options", [{"turns": 0}, {"reflections": -1}, {"min_gain": 1}, {"rounds": 0}])
def test_impossible_options_are_configuration_errors(options: dict[str, Any]) -> None:
    """Named at once."""
    with pytest.raises(ConfigError, match=next(iter(options))):
        CodeRepair(**options)
