from __future__ import annotations

from typing import Any

import pytest

from stream_synth.recipes.code_exercises import CodeExercises
from stream_synth.recipes.shared.scripted import ScriptedAsk, try_recipe
from stream_synth.values import Completion, Sample, Usage
from tests.recipes.programming import ANYWHERE, fates, fenced

HEAD = 'def count_gaps(days: list[int]) -> int:\n    """{}\n\n    count_gaps([1, 2, 4]) == 1\n    """'
BODY = "    gaps = 0\n    for one, other in zip(days, days[1:]):\n        gaps += other - one > 1\n    return gaps"
TESTS = "assert count_gaps([1, 2, 4]) == 1\nassert count_gaps([]) == 0\nassert count_gaps([1, 5, 9]) == 2"
EN, ZH = HEAD.format("Count the breaks in a sorted list of days."), HEAD.format("数一数排好序的日子里有几处中断。")
CUT = Completion("half", finish_reason="length", usage=Usage(1, 5))


def exercise(head: str = EN, body: str = BODY, tests: str = TESTS) -> str:
    """A whole reply."""
    return "\n\n".join([fenced(f"{head}\n{body}"), fenced(tests)])


@pytest.mark.parametrize(("topic", "head"), [("", EN), ("日历", ZH)])
async def test_the_docstring_is_the_prompt_and_the_body_the_response(topic: str, head: str) -> None:
    """After its tests have passed; name and topic constrain what is asked for."""
    ask = ScriptedAsk({"exercise": exercise(head)})

    (row,) = await try_recipe(CodeExercises(**ANYWHERE), {"function": "count_gaps", "topic": topic}, ask)

    assert isinstance(row, Sample)
    assert (row.prompt, row.response, row.lang) == (head, BODY, "zh" if topic else "en")
    assert row.meta["code"] == f"{head}\n{BODY}"
    assert len(row.meta["tests"]) == 3
    assert "count_gaps" in ask.asked[0][3].messages[0]["content"]
    assert topic in ask.asked[0][3].messages[0]["content"]
    assert set(row.meta) <= set(CodeExercises.card.meta_keys)


@pytest.mark.parametrize(
    ("reply", "fate"),
    [
        ("INVALID", "exercise/invalid"),
        ("Count the gaps.", "exercise/no_code"),
        (exercise("def count_gaps(:"), "exercise/bad_syntax"),
        (exercise(EN.replace("def count_gaps", "def gaps")), "exercise/other_name"),
        (exercise("def count_gaps(days):"), "exercise/no_docstring"),
        (exercise(body="    return len(days)"), "exercise/trivial"),
        (exercise(body="    pass\n    pass"), "exercise/trivial"),
        (exercise(tests="assert count_gaps([]) == 0\nassert 1 == 1\nassert len([]) == 0"), "exercise/too_few_tests"),
        (exercise(tests=TESTS.replace("== 2", "== 3")), "tests/failed"),
        (CUT, "exercise/truncated"),
        (" ", "exercise/empty"),
    ],
)
async def test_what_is_no_exercise_says_why(reply: Any, fate: str) -> None:
    """Each reason is on the card."""
    rows = await try_recipe(CodeExercises(**ANYWHERE), {"function": "count_gaps"}, {"exercise": reply})

    assert fates(rows) == [fate]
    assert fate in CodeExercises.card.rejects


@pytest.mark.parametrize("name", ["", "two words", "3d", "数 量"])
async def test_a_name_that_python_does_not_allow_costs_no_call(name: str) -> None:
    """Rejected at the seed."""
    rows = await try_recipe(CodeExercises(**ANYWHERE), {"function": name}, {})

    assert fates(rows) == ["seed/no_name"]


async def test_the_same_program_with_other_tests_is_run_again() -> None:
    """Two samples that agree on the program and not on its tests have two fates."""
    wrong = exercise(tests=TESTS.replace("== 2", "== 3"))

    rows = await try_recipe(CodeExercises(samples=2, **ANYWHERE), {"function": "count_gaps"}, {"exercise": [exercise(), wrong]})

    assert fates(rows) == ["accepted", "tests/failed"]
