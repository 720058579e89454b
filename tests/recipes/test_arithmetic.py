from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from stream_synth.errors import ConfigError
from stream_synth.recipes.arithmetic import Arithmetic
from stream_synth.recipes.arithmetic.recompute import recomputed
from stream_synth.recipes.shared.scripted import ScriptedAsk, try_recipe
from stream_synth.values import Rejected, Sample


async def rows(**options: Any) -> list[Sample]:
    drawn = await try_recipe(Arithmetic(**options), {}, {})
    assert all(isinstance(row, Sample) for row in drawn), drawn
    return [row for row in drawn if isinstance(row, Sample)]


async def test_every_row_computes() -> None:
    """A thousand problems of every kind in both languages, none wrong, no model called."""
    ask = ScriptedAsk({})

    drawn = await try_recipe(Arithmetic(samples=1000), {}, ask)

    assert ask.asked == []
    samples = [row for row in drawn if isinstance(row, Sample)]
    assert len(samples) == 1000
    assert {row.meta["task"] for row in samples} == {"expression", "addition", "equation"}
    assert {row.lang for row in samples} == {"zh", "en"}
    assert len({row.slot for row in samples}) == 1000
    assert all(row.dedup_on == "response" and row.messages[-1]["content"] == row.response for row in samples)


async def test_same_seed_gives_the_same_rows() -> None:
    """Chance comes from `tools.rng` alone."""
    first, second = await rows(samples=50), await rows(samples=50)
    other = await try_recipe(Arithmetic(samples=50), {}, {}, seed_id="s2")

    assert first == second
    assert other != first


async def test_additions_are_balanced() -> None:
    """Digit lengths are even, carries are even within each, and so are the four formats."""
    drawn = await rows(samples=3000, tasks=("addition",), max_digits=3)

    digits = Counter(row.meta["digits"] for row in drawn)
    carries = Counter(row.meta["carries"] for row in drawn if row.meta["digits"] == 3)
    formats = Counter(row.meta["format"] for row in drawn)
    assert all(abs(count / 1000 - 1) < 0.1 for count in digits.values())  # 3 standard deviations are 8 %
    assert all(abs(count / 250 - 1) < 0.2 for count in carries.values())  # 3 are 17 %
    assert len(formats) == 4
    assert all(abs(count / 750 - 1) < 0.12 for count in formats.values())


async def test_seed_chooses_language_and_task() -> None:
    """Fields of the seed come before chance."""
    drawn = await try_recipe(Arithmetic(samples=20), {"lang": "zh", "task": "equation"}, {})

    assert {(row.lang, row.meta["task"]) for row in drawn if isinstance(row, Sample)} == {("zh", "equation")}


async def test_operands_and_operations_are_of_the_chosen_kinds() -> None:
    """Only what the options name appears."""
    drawn = await rows(samples=200, tasks=("expression",), operations=("+", "×"), operands=("integer",), languages=("en",))

    assert all(set(row.meta["operations"]) <= {"+", "×"} for row in drawn)
    assert not any(sign in row.meta["problem"] for row in drawn for sign in "-÷^./")


async def test_steps_can_be_left_out() -> None:
    """Two lines at most without the steps, and the answer is the same."""
    short = await rows(samples=100, tasks=("expression",), show_steps=False)
    long = await rows(samples=100, tasks=("expression",))

    assert all(row.response.count("\n") <= 1 for row in short)
    assert [row.meta["answer"] for row in short] == [row.meta["answer"] for row in long]


@pytest.mark.parametrize("task", ["expression", "addition", "equation"])
async def test_a_changed_digit_is_caught(task: str) -> None:
    """Every row with one digit of its last line changed is rejected, with what was expected."""
    for row in await rows(samples=150, tasks=(task,)):
        place = max(position for position, letter in enumerate(row.response) if letter.isdigit())
        broken = row.response[:place] + str((int(row.response[place]) + 1) % 10) + row.response[place + 1 :]

        verdict = recomputed(replace(row, response=broken))

        assert isinstance(verdict, Rejected)
        assert (verdict.step, verdict.reason, verdict.evidence["expected"]) == ("recompute", "wrong_answer", row.meta["answer"])


@pytest.mark.parametrize("form", ["reversed", "simplified", "detailed"])
async def test_a_changed_scratchpad_is_caught(form: str) -> None:
    """The working is checked, not only the result."""
    for row in await rows(samples=60, tasks=("addition",), formats=(form,)):
        work, _, last = row.response.rpartition("\n")
        mark = {"reversed": "→ ", "simplified": ("写 " if row.lang == "zh" else "digit "), "detailed": " = "}[form]
        place = work.index(mark) + len(mark)
        broken = work[:place] + str((int(work[place]) + 1) % 10) + work[place + 1 :]

        verdict = recomputed(replace(row, response=f"{broken}\n{last}"))

        assert isinstance(verdict, Rejected)


async def test_wrong_constant_is_caught() -> None:
    """An equation whose stated answer is consistent with itself but false is rejected too."""
    (row,) = await rows(tasks=("equation",), equations=("power",))
    wrong = f"{row.meta['answer']}1"

    verdict = recomputed(replace(row, response=f"{row.meta['problem']} = {wrong}", meta={**row.meta, "answer": wrong}))

    assert isinstance(verdict, Rejected)


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"max_digits": 0}, "max_digits"),
        ({"max_digits": 40}, "max_digits"),
        ({"samples": 0}, "samples"),
        ({"tasks": ()}, "tasks"),
        ({"formats": ()}, "formats"),
    ],
)
def test_impossible_options_are_configuration_errors(options: dict[str, Any], named: str) -> None:
    """Each is named with its remedy."""
    with pytest.raises(ConfigError, match=named):
        Arithmetic(**options)
