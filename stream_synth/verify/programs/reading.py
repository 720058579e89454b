"""Programs and tests as they come: in a model's reply, or in a row of a data set."""

from __future__ import annotations

import ast
import builtins
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from stream_synth.verify.programs.running import UnitTest
from stream_synth.verify.programs.syntax import parsed

_FENCED = re.compile(r"^[ \t]*```[ \t]*([\w+#.-]*)[^\n]*\n(.*?)(?:^[ \t]*```[ \t]*$|\Z)", re.DOTALL | re.MULTILINE)
_PYTHON = frozenset({"python", "py", "python3"})
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_BUILTIN = frozenset(dir(builtins))


def code_blocks(reply: str, languages: frozenset[str] = _PYTHON) -> list[str]:
    """The fenced blocks in one of these languages; those without a language where there are none; a reply that is all code itself."""
    blocks = [(block[1].lower(), block[2].strip("\n")) for block in _FENCED.finditer(reply)]
    tagged = [code for language, code in blocks if language in languages and code.strip()]
    untagged = [code for language, code in blocks if not language and code.strip()]
    if not blocks and languages == _PYTHON and (tree := parsed(reply)) and any(not isinstance(node, ast.Expr) for node in tree.body):
        return [reply.strip("\n")]
    return tagged or untagged


def any_block(reply: str) -> str:
    """The longest fenced block, whatever its language; empty when there is none."""
    return max((block[2].strip("\n") for block in _FENCED.finditer(reply)), key=len, default="")


def program_in(reply: str, function: str = "") -> str:
    """The Python program in a reply: the block that defines `function`, else the first one; empty when there is none."""
    blocks = code_blocks(reply)
    defining = [
        block for block in blocks if function and re.search(rf"^(?:async )?(?:def|class) {re.escape(function)}\b", block, re.MULTILINE)
    ]
    return (defining or blocks or [""])[0]


def read_tests(given: Any, function: str = "") -> list[UnitTest]:  # noqa: ANN401  # whatever the row holds
    """Tests of a data set: a list of assertions, a text of them, {input, output} pairs, or HumanEval's `check(candidate)`.

    `function` names what HumanEval's check is given. JSON text is read first. Empty when nothing of this is there.
    """
    if isinstance(given, str):
        if given.lstrip().startswith(("[", "{")):
            try:
                return read_tests(json.loads(given), function)
            except json.JSONDecodeError:
                pass
        return split_tests(given, function)
    if isinstance(given, Mapping):
        return [UnitTest(stdin=_as_input(one), expected=_as_input(other)) for one, other in _pairs(given)]
    if not isinstance(given, Sequence) or isinstance(given, bytes):
        return []
    return [test for one in given for test in (read_tests(one, function) if isinstance(one, str | Mapping) else ())]


def split_tests(code: str, function: str = "") -> list[UnitTest]:
    """Each assertion, and each function `test…()` called, as a test of its own; imports and other statements come along with all."""
    tree = parsed(code)
    if tree is None:  # one that was cut off, or a remark between them, costs only itself
        return [UnitTest(line.strip()) for line in code.splitlines() if is_assertion(line.strip())]
    given: list[str] = []
    tests: list[UnitTest] = []
    for node in tree.body:
        text = ast.unparse(node)
        if isinstance(node, ast.Assert):
            tests.append(UnitTest("\n".join([*given, text])))
        elif isinstance(node, _FUNCTIONS) and node.name.startswith("test") and not node.args.args:
            tests.append(UnitTest("\n".join([*given, text, f"{node.name}()"])))
        elif isinstance(node, _FUNCTIONS) and node.name == "check" and len(node.args.args) == 1 and function:
            tests.append(UnitTest("\n".join([*given, text, f"check({function})"])))
        elif not isinstance(node, ast.Expr):
            given.append(text)
    return tests


def is_assertion(line: str) -> bool:
    """One whole assertion that calls something."""
    tree = parsed(line)
    return bool(
        tree and len(tree.body) == 1 and isinstance(tree.body[0], ast.Assert) and any(isinstance(n, ast.Call) for n in ast.walk(tree))
    )


def called_in(tests: Sequence[UnitTest]) -> str:
    """The function under test: the bare name that most tests call, and that they do not define; empty for whole programs."""
    counts: dict[str, int] = {}
    for test in tests:
        for name in set(_called(test.code)):
            counts[name] = counts.get(name, 0) + 1
    return max(counts, key=lambda name: counts[name]) if counts else ""


def split_at_docstring(code: str, function: str) -> tuple[str, str] | None:
    """The program up to the end of the function's docstring, and the rest of it; None without such a function or docstring."""
    tree = parsed(code)
    found = next((node for node in tree.body if isinstance(node, _FUNCTIONS) and node.name == function), None) if tree else None
    if found is None or ast.get_docstring(found) is None or len(found.body) < 2:
        return None
    lines, end = code.splitlines(), found.body[0].end_lineno or 0
    return "\n".join(lines[:end]), "\n".join(lines[end:]).strip("\n")


def _called(code: str) -> Iterator[str]:
    tree = parsed(code)
    if tree is None:
        return
    own = {node.name for node in ast.walk(tree) if isinstance(node, _FUNCTIONS)} | _BUILTIN
    own |= {
        (name.asname or name.name).partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in node.names
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id not in own:
            yield node.func.id


def _pairs(given: Mapping[str, Any]) -> Iterator[tuple[Any, Any]]:
    """{input, output}, or columns of many as in CodeContests and APPS."""
    for one, other in (("input", "output"), ("inputs", "outputs"), ("stdin", "expected")):
        if one in given and other in given:
            ins, outs = given[one], given[other]
            yield from zip(ins, outs, strict=False) if isinstance(ins, list) and isinstance(outs, list) else [(ins, outs)]
            return


def _as_input(given: Any) -> str:  # noqa: ANN401
    return "\n".join(map(str, given)) if isinstance(given, list) else str(given)
