"""Function calls that a model makes: how they are read, and whether they fit the schemas of the functions."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

_TAGGED = re.compile(r"<tool_call>\s*(.*?)\s*(?:</tool_call>|\Z)", re.DOTALL)  # as Hermes and Qwen write calls where the server leaves them
_NAME = re.compile(r"[A-Za-z_]\w{0,63}")
Problem = Literal["unknown_function", "bad_arguments"]


@dataclass(frozen=True, slots=True)
class ToolCall:
    """One call. `arguments` is the JSON text as the model wrote it."""

    name: str
    arguments: str

    def as_json(self, number: int) -> dict[str, Any]:
        """As an entry of a message's `tool_calls`; `number` makes its id, unique within the row."""
        return {"id": f"call_{number}", "type": "function", "function": {"name": self.name, "arguments": self.arguments}}


def read_tools(given: object) -> tuple[dict[str, Any], ...]:
    """Function schemas in the form of the chat API, from a list (or its JSON text) of those or of bare {name, parameters}.

    `ValueError` says what is wrong: no list, a name that is no identifier, a schema that is none.
    """
    listed = json.loads(given) if isinstance(given, str) else given
    if not isinstance(listed, Sequence) or not listed:
        raise ValueError("tools is no list of function schemas")
    return tuple(_tool(one) for one in listed)


def _tool(given: object) -> dict[str, Any]:
    function = given.get("function", given) if isinstance(given, Mapping) else None
    if not isinstance(function, Mapping) or not isinstance(function.get("name"), str) or not _NAME.fullmatch(function["name"]):
        raise ValueError(f"a tool is {given!r:.200}: it needs a name that Python can call")
    parameters = function.get("parameters") or {"type": "object", "properties": {}}
    try:
        Draft202012Validator.check_schema(parameters)
    except SchemaError as error:
        raise ValueError(f"the parameters of {function['name']} are no JSON Schema: {error.message:.200}") from error
    return {"type": "function", "function": {**function, "parameters": dict(parameters)}}


def read_calls(tool_calls: Sequence[Mapping[str, Any]], text: str) -> list[ToolCall]:
    """The calls of a reply: those that the server read, else those that stand in its text between tags. What is no call has no name."""
    if tool_calls:
        functions = [call.get("function") or {} for call in tool_calls]
        return [ToolCall(str(one.get("name") or ""), _as_text(one.get("arguments"))) for one in functions]
    return [_tagged(found) for found in _TAGGED.findall(text)]


def _tagged(text: str) -> ToolCall:
    try:
        read = json.loads(text)
    except json.JSONDecodeError:
        read = None
    if not isinstance(read, Mapping):
        return ToolCall("", text)
    return ToolCall(str(read.get("name") or ""), _as_text(read.get("arguments")))


def _as_text(arguments: object) -> str:
    if isinstance(arguments, str):
        return arguments or "{}"
    return json.dumps({} if arguments is None else arguments, ensure_ascii=False)


def problem_of(call: ToolCall, tools: Sequence[Mapping[str, Any]]) -> tuple[Problem, str] | None:
    """Why the call does not fit, and what exactly; None when it does. Additional arguments do not fit unless the schema allows them."""
    schemas = {tool["function"]["name"]: tool["function"]["parameters"] for tool in tools}
    if call.name not in schemas:
        return "unknown_function", f"{call.name or call.arguments:.200}; there are {', '.join(schemas)}"
    try:
        arguments = json.loads(call.arguments)
    except json.JSONDecodeError as error:
        return "bad_arguments", f"no JSON: {error}"
    found = next(Draft202012Validator({"additionalProperties": False, **schemas[call.name]}).iter_errors(arguments), None)
    if found is not None:
        return "bad_arguments", f"{found.json_path}: {found.message:.300}"
    return None if isinstance(arguments, dict) else ("bad_arguments", "the arguments are no object")


def running(call: ToolCall) -> str:
    """A block that calls the function and prints its result as JSON, whatever it is."""
    return f"import json as _json\nprint(_json.dumps({call.name}(**_json.loads({call.arguments!r})), ensure_ascii=False, default=str))"


def loading(functions: str, tools: Sequence[Mapping[str, Any]]) -> str:
    """A block that defines the functions, and raises when one of the tools is not among them."""
    names = [tool["function"]["name"] for tool in tools]
    return (
        f"{functions}\n\n_missing = [name for name in {names!r} if not callable(globals().get(name))]\n"
        "if _missing: raise NameError(f'not defined: {_missing}')"
    )
