from __future__ import annotations

import json
from typing import Any

import pytest

from stream_synth.verify.calling import ToolCall, problem_of, read_calls, read_tools

WEATHER: dict[str, Any] = {
    "name": "weather",
    "description": "某地的天气",
    "parameters": {
        "type": "object",
        "properties": {"city": {"type": "string"}, "days": {"type": "integer", "minimum": 1}},
        "required": ["city"],
    },
}
TOOLS = read_tools([WEATHER])


def test_both_spellings_of_a_tool_and_json_text() -> None:
    """All become what the chat API takes."""
    wrapped = {"type": "function", "function": WEATHER}

    assert read_tools([wrapped]) == read_tools(json.dumps([WEATHER])) == TOOLS
    assert TOOLS[0]["type"] == "function"
    assert read_tools([{"name": "now"}])[0]["function"]["parameters"]["type"] == "object"


@pytest.mark.parametrize(
    "given",
    [[], "[]", "no json", {"name": "x"}, [{"description": "x"}], [{"name": "a b"}], [{"name": "x", "parameters": {"type": "nothing"}}]],
)
def test_what_is_no_tool_says_so(given: object) -> None:
    """Before anything is asked."""
    with pytest.raises(ValueError):  # noqa: PT011  # one kind, several words
        read_tools(given)


@pytest.mark.parametrize(
    ("native", "text", "calls"),
    [
        ([{"function": {"name": "weather", "arguments": '{"city": "北京"}'}}], "", [("weather", '{"city": "北京"}')]),
        ([{"function": {"name": "weather", "arguments": {"city": "北京"}}}], "", [("weather", '{"city": "北京"}')]),
        ([{"function": {"name": "now", "arguments": ""}}, {}], "", [("now", "{}"), ("", "{}")]),
        ([], '<tool_call>\n{"name": "now", "arguments": {}}\n</tool_call>\n<tool_call>{"name": "now"}', [("now", "{}"), ("now", "{}")]),
        ([], "<tool_call>now()</tool_call>", [("", "now()")]),
        ([], "今天晴。", []),
    ],
)
def test_calls_as_servers_and_models_write_them(native: Any, text: str, calls: list[tuple[str, str]]) -> None:
    """Read by the server, or left in the text."""
    assert [(call.name, call.arguments) for call in read_calls(native, text)] == calls


@pytest.mark.parametrize(
    ("name", "arguments", "problem"),
    [
        ("weather", '{"city": "北京", "days": 2}', None),
        ("wether", '{"city": "Rome"}', "unknown_function"),
        ("", "now()", "unknown_function"),
        ("weather", '{"city": "Rome"', "bad_arguments"),
        ("weather", "{}", "bad_arguments"),
        ("weather", '{"city": 7}', "bad_arguments"),
        ("weather", '{"city": "Rome", "days": 0}', "bad_arguments"),
        ("weather", '{"city": "Rome", "unit": "K"}', "bad_arguments"),
        ("weather", '["Rome"]', "bad_arguments"),
    ],
)
def test_calls_are_held_against_the_schema(name: str, arguments: str, problem: str | None) -> None:
    """The function exists, the arguments are JSON, and fit."""
    found = problem_of(ToolCall(name, arguments), TOOLS)

    assert (found and found[0]) == problem
