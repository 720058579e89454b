from __future__ import annotations

from typing import Any

import pytest

from stream_synth.errors import ChatError, ConfigError
from stream_synth.recipes.shared.scripted import ScriptedAsk, try_recipe
from stream_synth.recipes.unit_tests import UnitTests
from stream_synth.values import Completion, Rejected, Sample, Usage
from tests.recipes.programming import ANYWHERE, fates, fenced

RIGHT = "def biggest(xs):\n    return max(xs, default=None)"
LOOP = "def biggest(xs):\n    best = None\n    for x in xs:\n        if best is None or x > best:\n            best = x\n    return best"
NEGATIVE = "def biggest(xs):\n    best = 0\n    for x in xs:\n        best = max(best, x)\n    return best if xs else None"
CRASHES = "def biggest(xs):\n    return max(xs)"
INPUTS = fenced("def make_input(rng):\n    return ([rng.randint(-9, 9) for _ in range(rng.randint(0, 4))],)")
TESTS = ["assert biggest([1, 3, 2]) == 3", "assert biggest([]) is None"]
EN = {"question": "Write biggest(xs): the greatest element, None for an empty list.", "tests": TESTS}
ZH = {"question": "写一个函数 biggest(xs)，返回最大的元素，空列表返回 None。", "tests": "\n".join(TESTS)}
CUT = Completion("half", finish_reason="length", usage=Usage(1, 5))


def script(*programs: str, **more: Any) -> dict[str, Any]:
    """Solutions, and a generator of inputs."""
    return {"solve": [fenced(program, "An idea.") for program in programs], "inputs": INPUTS, **more}


@pytest.mark.parametrize("seed", [EN, ZH])
async def test_one_solution_of_each_behaviour_is_kept(seed: dict[str, Any]) -> None:
    """What fails a test goes; of what passes, twins on generated inputs go, others stay with matrix and cluster."""
    ask = ScriptedAsk(script(RIGHT, CRASHES, LOOP, NEGATIVE))

    rows = await try_recipe(UnitTests(samples=4, **ANYWHERE), seed, ask)

    first = rows[0]
    assert fates(rows) == ["accepted", "tests/failed", "cluster/same_behaviour", "accepted"]
    assert isinstance(first, Sample)
    assert first.prompt.startswith(seed["question"])
    assert TESTS[0] in first.prompt
    assert first.messages[0]["content"] == first.prompt
    assert (first.meta["code"], first.meta["function"], first.meta["tests"]) == (RIGHT, "biggest", TESTS)
    assert first.meta["pass_matrix"] == {"solve/0": [1, 1], "solve/1": [1, 0], "solve/2": [1, 1], "solve/3": [1, 1]}
    assert first.meta["cluster"] == ["solve/0", "solve/2"]
    assert first.meta["inputs"] == 20
    assert isinstance(rows[1], Rejected)
    assert "ValueError" in rows[1].evidence["failures"]
    assert rows[1].score == 0.5
    assert set(first.meta) <= set(UnitTests.card.meta_keys)
    assert "先用" in ask.asked[-1][3].messages[-1]["content"] or seed is EN


@pytest.mark.parametrize("inputs", ["No.", fenced("def make_input(rng):\n    return object()"), ChatError("server_error", "500"), CUT])
async def test_without_usable_inputs_the_tests_alone_tell_solutions_apart(inputs: Any) -> None:
    """No solution is lost, but those that pass alike count as one."""
    rows = await try_recipe(UnitTests(samples=2, **ANYWHERE), EN, script(RIGHT, NEGATIVE, inputs=inputs))

    assert fates(rows) == ["accepted", "cluster/same_behaviour"]


@pytest.mark.parametrize("lang", ["en", "zh"])
async def test_model_written_tests_are_vetted_by_the_seeds_solution(lang: str) -> None:
    """A test that the right program fails goes, one that no wrong program fails goes; the row says so."""
    written = [*TESTS, "assert biggest([-2, -1]) == -1", "assert biggest([4]) == 5", "assert biggest([0]) is not biggest"]
    seed = {"question": (EN if lang == "en" else ZH)["question"], "solution": LOOP}

    rows = await try_recipe(UnitTests(samples=2, **ANYWHERE), seed, script(RIGHT, NEGATIVE, tests=fenced("\n".join(written))))

    assert fates(rows) == ["accepted", "tests/failed"]
    assert isinstance(rows[0], Sample)
    assert rows[0].meta["tests"] == written[:3]
    assert (rows[0].meta["tests_by"], rows[0].meta["vetted_by"]) == ("model", "solution")
    assert rows[0].meta["tests_dropped"] == {"wrong": 1, "weak": 1}
    assert rows[0].prompt_tokens > 100  # tests, inputs and solution


async def test_agreement_stands_for_a_right_program() -> None:
    """Two that behave alike outvote the others; where all differ, nothing can be told."""
    written = fenced("\n".join([*TESTS, "assert biggest([-2, -1]) == -1", "assert biggest([-2, -1]) == 0"]))
    seed = {"question": EN["question"]}

    agreed = await try_recipe(UnitTests(samples=3, **ANYWHERE), seed, script(NEGATIVE, RIGHT, LOOP, tests=written))
    not_agreed = await try_recipe(UnitTests(samples=2, **ANYWHERE), seed, script(NEGATIVE, RIGHT, tests=written))
    few = await try_recipe(UnitTests(samples=3, min_tests=4, **ANYWHERE), seed, script(NEGATIVE, RIGHT, LOOP, tests=written))

    assert fates(agreed) == ["tests/failed", "accepted", "cluster/same_behaviour"]
    assert fates(not_agreed) == ["tests/no_agreement"] * 2
    assert fates(few) == ["tests/too_few"] * 3


@pytest.mark.parametrize(
    ("tests", "reason"),
    [
        ("INVALID", "invalid"),
        ("I would test it well.", "no_tests"),
        (fenced("assert 1 == 1"), "no_tests"),
        (CUT, "truncated"),
        (" ", "empty"),
    ],
)
async def test_tests_that_are_none_end_the_task(tests: Any, reason: str) -> None:
    """One rejection, no solution is paid for."""
    (row,) = await try_recipe(UnitTests(**ANYWHERE), {"question": "Draw a pretty maze."}, {"tests": tests})

    assert isinstance(row, Rejected)
    assert (row.step, row.reason) == ("tests", reason)
    assert f"tests/{reason}" in UnitTests.card.rejects


@pytest.mark.parametrize(
    ("reply", "reason"),
    [("只有思路。", "no_code"), (fenced("def biggest(xs:"), "bad_syntax"), (CUT, "truncated"), ("<think>never", "tag_damage")],
)
async def test_solutions_that_are_none_leave_the_others(reply: Any, reason: str) -> None:
    """Each with its own reason."""
    rows = await try_recipe(UnitTests(samples=2, **ANYWHERE), EN, {"solve": [reply, fenced(RIGHT)], "inputs": INPUTS})

    assert fates(rows) == [f"solve/{reason}", "accepted"]
    assert f"solve/{reason}" in UnitTests.card.rejects


async def test_whole_programs_are_judged_by_input_and_output() -> None:
    """Generated inputs are texts then."""
    seed = {"question": "读入一行整数，输出它们的和。", "tests": [{"input": "1 2\n", "output": "3"}]}
    good, odd = "print(sum(map(int, input().split())))", "a, b = map(int, input().split())\nprint(a + b)"
    inputs = fenced("def make_input(rng):\n    return ' '.join(str(rng.randint(0, 9)) for _ in range(rng.randint(1, 3)))")

    rows = await try_recipe(UnitTests(samples=3, **ANYWHERE), seed, script(good, odd, "print(3)", inputs=inputs))

    assert fates(rows) == ["accepted", "accepted", "accepted"]
    assert isinstance(rows[0], Sample)
    assert rows[0].meta["function"] == ""


async def test_own_check_and_unusable_seeds_and_options() -> None:
    """As in every method."""
    (checked,) = await try_recipe(UnitTests(samples=1, verify={"call": "tests.recipes.checks:is_short"}, **ANYWHERE), EN, script(RIGHT))
    (empty,) = await try_recipe(UnitTests(**ANYWHERE), {"question": " "}, {})

    assert fates([checked, empty]) == ["verify/too_long", "seed/no_question"]
    with pytest.raises(ConfigError, match="min_tests"):
        UnitTests(min_tests=0)
