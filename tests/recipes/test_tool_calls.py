from __future__ import annotations

import json
from typing import Any

import pytest

from stream_synth.errors import ChatError, ConfigError
from stream_synth.recipes.shared.scripted import ScriptedAsk, try_recipe
from stream_synth.recipes.tool_calls import ToolCalls
from stream_synth.values import Completion, Rejected, Sample, Usage
from stream_synth.verify.sandbox import protections

pytestmark = pytest.mark.skipif(not protections().isolated, reason="no namespaces here: nothing is run")
FUNCTIONS = """
stock = {"tea": 5, "茶": 5}
def look(name: str) -> int:
    return stock[name]
def take(name: str, count: int) -> dict:
    stock[name] -= count
    return {"left": stock[name]}
"""
TOOLS = [
    {"name": "look", "parameters": {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}},
    {
        "name": "take",
        "parameters": {
            "type": "object",
            "properties": {"name": {"type": "string"}, "count": {"type": "integer"}},
            "required": ["name", "count"],
        },
    },
]
EN = {"question": "How much tea is there?"}
ZH = {"question": "还有多少茶？"}
RECIPE = ToolCalls(tools=TOOLS, functions=FUNCTIONS)
CUT = Completion("half of", finish_reason="length", usage=Usage(1, 5))


def calls(*made: tuple[str, Any], text: str = "") -> Completion:
    """A reply that calls functions."""
    listed = tuple(
        {"id": f"x{n}", "type": "function", "function": {"name": name, "arguments": json.dumps(a)}} for n, (name, a) in enumerate(made)
    )
    return Completion(text, finish_reason="tool_calls", tool_calls=listed, usage=Usage(10, 3))


@pytest.mark.parametrize(("seed", "name", "answer"), [(EN, "tea", "There are 5."), (ZH, "茶", "还有 5 份。")])
async def test_one_call_its_result_and_the_answer(seed: dict[str, str], name: str, answer: str) -> None:
    """The row holds the schemas, the call and the result; the tokens of both replies are charged."""
    ask = ScriptedAsk({"answer/0/0": calls(("look", {"name": name})), "answer/0/1": Completion(answer, usage=Usage(20, 4))})

    (row,) = await try_recipe(RECIPE, seed, ask)

    assert isinstance(row, Sample)
    assert [turn["role"] for turn in row.messages] == ["user", "assistant", "tool", "assistant"]
    assert row.messages[1]["tool_calls"][0]["id"] == row.messages[2]["tool_call_id"] == "call_1"
    assert (row.messages[2]["content"], row.response) == ("5", answer)
    assert [tool["function"]["name"] for tool in row.tools] == ["look", "take"]
    assert ask.asked[0][3].params["tools"] == list(row.tools)
    assert (row.meta["shape"], row.prompt_tokens, row.answer_tokens) == ("single", 30, 7)
    assert set(row.meta) <= set(ToolCalls.card.meta_keys)


async def test_parallel_calls_and_calls_one_after_the_other() -> None:
    """What the functions keep lasts from call to call."""
    both = calls(("look", {"name": "tea"}), ("take", {"name": "tea", "count": 2}))
    tagged = '<tool_call>{"name": "look", "arguments": {"name": "tea"}}</tool_call>'

    (steps,) = await try_recipe(RECIPE, EN, {"answer/0/0": both, "answer/0/1": tagged, "answer/0/2": "3 are left."})
    (one_by_one,) = await try_recipe(
        RECIPE, EN, {"answer/0/0": calls(("take", {"name": "tea", "count": 1})), "answer/0/1": tagged, "answer/0/2": "4."}
    )

    assert isinstance(steps, Sample)
    assert (steps.meta["shape"], [one["result"] for one in steps.meta["calls"]]) == ("parallel", ["5", '{"left": 3}', "3"])
    assert steps.messages[-2]["tool_call_id"] == steps.messages[-3]["tool_calls"][0]["id"] == "call_3"
    assert isinstance(one_by_one, Sample)
    assert (one_by_one.meta["shape"], [one["result"] for one in one_by_one.meta["calls"]]) == ("multi_step", ['{"left": 4}', "4"])


async def test_user_turns_that_are_given_and_that_are_written() -> None:
    """Those of the seed first; a writer who has nothing to ask ends the dialogue."""
    script: dict[str, Any] = {
        "answer/0/0": calls(("look", {"name": "tea"})),
        "answer/0/1": "There are 5.",
        "answer/1/0": calls(("take", {"name": "tea", "count": 1})),
        "answer/1/1": "Done, 4 are left.",
        "follow_up/2": "Take two more.",
        "answer/2/0": calls(("take", {"name": "tea", "count": 2})),
        "answer/2/1": "2 are left.",
        "follow_up/3": "INVALID",
    }
    ask = ScriptedAsk(script)

    (row,) = await try_recipe(ToolCalls(tools=TOOLS, functions=FUNCTIONS, user=2), EN | {"follow_ups": ["Take one."]}, ask)

    assert isinstance(row, Sample)
    assert (row.prompt, row.response) == (f"{EN['question']}\n\nTake one.\n\nTake two more.", "2 are left.")
    assert row.meta["shape"] == "multi_turn"
    assert [one["result"] for one in row.meta["calls"]] == ["5", '{"left": 4}', '{"left": 2}']
    assert [role for step, _, role, _ in ask.asked if step.startswith("follow_up")] == ["user", "user"]


@pytest.mark.parametrize(
    ("first", "second", "reason"),
    [
        ("There are 5.", "", "call/none"),
        (calls(("count", {})), "", "call/unknown_function"),
        ("<tool_call>look(tea)</tool_call>", "", "call/unknown_function"),
        (calls(("look", {"what": "tea"})), "", "call/bad_arguments"),
        (calls(("look", {"name": "milk"})), "", "call/error"),
        (calls(("look", {"name": "tea"})), calls(("look", {"name": "tea"})), "call/repeated"),
        (calls(("look", {"name": "tea"})), calls(("look", {"name": "茶"})), "answer/too_many_rounds"),
        (calls(("look", {"name": "tea"})), CUT, "answer/truncated"),
        (CUT, "", "answer/truncated"),
        (calls(("look", {"name": "tea"})), " ", "answer/empty"),
        (calls(("look", {"name": "tea"})), ChatError("server_error", "500"), "answer/call_failed"),
        (Completion("", finish_reason="content_filter"), "", "answer/refused"),
        ("<think>never closed", "", "answer/tag_damage"),
    ],
)
async def test_every_other_dialogue_has_its_reason(first: Any, second: Any, reason: str) -> None:
    """What was said until then is in the row."""
    recipe = ToolCalls(tools=TOOLS, functions=FUNCTIONS, max_rounds=1 if "rounds" in reason else 2)

    (row,) = await try_recipe(recipe, EN, {"answer/0/0": first, "answer/0/1": second})

    assert isinstance(row, Rejected)
    assert f"{row.step}/{row.reason}" == reason
    assert reason in ToolCalls.card.rejects
    assert row.sample.tools
    assert row.sample.prompt == EN["question"]


async def test_a_function_that_hangs_and_one_that_raises() -> None:
    """The first ends the dialogue; the second is told to the model where that is allowed."""
    hanging = ToolCalls(tools=[{"name": "wait"}], functions="import time\ndef wait(): time.sleep(60)", block_s=0.4)
    lenient = ToolCalls(tools=TOOLS, functions=FUNCTIONS, allow_errors=True)

    (ended,) = await try_recipe(hanging, EN, {"answer/0/0": calls(("wait", {}))})
    (told,) = await try_recipe(lenient, EN, {"answer/0/0": calls(("look", {"name": "milk"})), "answer/0/1": "There is no milk."})

    assert isinstance(ended, Rejected)
    assert f"{ended.step}/{ended.reason}" == "call/ended"
    assert isinstance(told, Sample)
    assert told.messages[2]["content"] == '{"error": "KeyError: \'milk\'"}'


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"tools": []}, "bad_tools"),
        ({"tools": "no json", "functions": ""}, "bad_tools"),
        ({"tools": TOOLS, "functions": "def look(): pass"}, "bad_functions"),
        ({"tools": TOOLS, "functions": "def look(:"}, "bad_functions"),
    ],
)
async def test_tools_of_a_seed_that_cannot_be_used_cost_no_call(more: dict[str, Any], reason: str) -> None:
    """No schema, or a schema without its function."""
    (row,) = await try_recipe(ToolCalls(), EN | more, {})

    assert isinstance(row, Rejected)
    assert f"{row.step}/{row.reason}" == f"seed/{reason}"


@pytest.mark.parametrize("options", [{"max_rounds": 0}, {"user": -1}, {"tools": [{"name": "a b"}]}])
def test_impossible_options_of_tool_calls(options: dict[str, Any]) -> None:
    """Named at once."""
    with pytest.raises(ConfigError, match=next(iter(options))):
        ToolCalls(**options)
