from __future__ import annotations

from typing import Any

import pytest

from stream_synth.errors import ChatError, ConfigError
from stream_synth.recipes.shared.scripted import ScriptedAsk, try_recipe
from stream_synth.recipes.tool_maker import ToolMaker
from stream_synth.values import Completion, Sample, Usage
from tests.recipes.programming import ANYWHERE, fates, fenced

TOOL = "def rabbits(heads, feet):\n    return (feet - 2 * heads) // 2"
CALLS = "assert rabbits(2, 6) == 1\nassert rabbits(5, 16) == 3"
GUIDE = fenced(TOOL, "How to use it.")
CUT = Completion("half", finish_reason="length", usage=Usage(1, 5))
LOST = ChatError("server_error", "500")


def seed(ask: str = "{} heads and {} feet: how many rabbits?") -> dict[str, Any]:
    """Chickens and rabbits."""
    problems = [
        {"question": ask.format(heads, feet), "answer": (feet - 2 * heads) // 2}
        for heads, feet in ((3, 8), (2, 4), (4, 16), (2, 6), (5, 16))
    ]
    return {"demos": problems[:3], "validation": problems[3:], "questions": [{"question": ask.format(9, 24), "answer": "3"}]}


EN, ZH = seed(), seed("共 {} 个头，{} 只脚，兔有几只？")
STEPS: dict[str, Any] = {"make1": fenced(TOOL), "calls1": fenced(CALLS), "wrap": GUIDE, "use0": fenced("answer = rabbits(9, 24)")}


@pytest.mark.parametrize("task", [EN, ZH])
async def test_a_tool_and_its_calls_are_rows(task: dict[str, Any]) -> None:
    """The tool with its guide and tests by the teacher, the call with its answer by the student."""
    ask = ScriptedAsk(STEPS)

    tool, call = await try_recipe(ToolMaker(**ANYWHERE), task, ask)

    assert isinstance(tool, Sample)
    assert isinstance(call, Sample)
    assert (tool.response, tool.meta["code"], tool.meta["tests"], tool.meta["tries"]) == (GUIDE, TOOL, CALLS.splitlines(), 2)
    assert len(tool.messages) == 2
    assert task["demos"][2]["question"] in tool.prompt
    assert task["validation"][0]["question"] not in tool.prompt
    assert call.prompt.startswith(GUIDE)
    assert (call.meta["kind"], call.meta["got"], call.meta["gold"]) == ("call", "3", "3")
    assert [role for _, _, role, _ in ask.asked] == ["teacher"] * 3 + ["student"]
    assert set(tool.meta) | set(call.meta) <= set(ToolMaker.card.meta_keys)


async def test_errors_are_told_until_function_and_calls_run() -> None:
    """The function first, then only the calls; functions, gaps and wrong answers are not accepted as tests."""
    ask = ScriptedAsk(
        {
            **STEPS,
            "make1": "No code.",
            "make2": fenced(f"import nothing\n{TOOL}"),
            "make3": fenced(TOOL),
            "calls1": fenced(CALLS.splitlines()[0]),
            "calls2": fenced(CALLS.replace("2, 6", "6, 2")),
            "calls3": fenced(CALLS),
        }
    )

    tool, _ = await try_recipe(ToolMaker(**ANYWHERE), EN, ask)

    told = [request.messages[-1]["content"] for _, _, _, request in ask.asked]
    assert isinstance(tool, Sample)
    assert tool.meta["tries"] == 6
    assert "no function" in told[1]
    assert "ModuleNotFoundError" in told[2]
    assert "2 problems" in told[4]
    assert "rabbits(6, 2) is -5" in told[5]


@pytest.mark.parametrize(
    ("steps", "fate"),
    [
        ({f"make{turn}": fenced("x = 1") for turn in (1, 2, 3)}, "make/failed"),
        ({"make1": CUT}, "make/truncated"),
        ({"make1": "Hm.", "make2": LOST}, "make/call_failed"),
        ({f"calls{turn}": fenced(f"{TOOL}\n{CALLS}") for turn in (1, 2, 3)}, "calls/failed"),
        ({f"calls{turn}": fenced(CALLS.replace("== 3", "== 4")) for turn in (1, 2, 3)}, "calls/failed"),
        ({"calls1": LOST}, "calls/call_failed"),
        ({"wrap": fenced(TOOL.replace("// 2", "/ 2"))}, "wrap/changed"),
        ({"wrap": " "}, "wrap/empty"),
    ],
)
async def test_a_tool_that_is_not_made_leaves_no_calls(steps: dict[str, Any], fate: str) -> None:
    """One rejection with its reason."""
    rows = await try_recipe(ToolMaker(**ANYWHERE), EN, {**STEPS, **steps})

    assert fates(rows) == [fate]
    assert fate in ToolMaker.card.rejects


async def test_calls_are_judged_one_by_one() -> None:
    """They have to run, and to give the answer where one is known; one that is out of reach is missing."""
    calls: list[Any] = [fenced("answer = rabbits(9, 24)"), fenced("answer = rabbits(9, 26)"), fenced("rabbits(9, 24)"), "3", CUT]

    rows = await try_recipe(ToolMaker(samples=5, **ANYWHERE), EN, {**STEPS, "use0": calls})
    free = await try_recipe(ToolMaker(**ANYWHERE), {**EN, "questions": [{"question": "9, 24?"}]}, STEPS)
    lost = await try_recipe(ToolMaker(**ANYWHERE), EN, {**STEPS, "use0": LOST})

    assert fates(rows) == ["accepted", "accepted", "use/wrong_answer", "use/failed", "use/no_code", "use/truncated"]
    assert fates(free) == ["accepted", "accepted"]
    assert fates(lost) == ["accepted"]


@pytest.mark.parametrize("task", [{"demos": EN["demos"]}, {**EN, "demos": EN["demos"][:2]}, {"demos": "none"}])
async def test_seeds_with_too_little_cost_no_call(task: dict[str, Any]) -> None:
    """Three demonstrations, and something to validate with."""
    rows = await try_recipe(ToolMaker(**ANYWHERE), task, {})

    assert fates(rows) == ["seed/too_few_demos"]


@pytest.mark.parametrize("options", [{"demos": 0}, {"tries": 0}])
def test_impossible_options_are_configuration_errors(options: dict[str, Any]) -> None:
    """Named at once."""
    with pytest.raises(ConfigError, match=next(iter(options))):
        ToolMaker(**options)
