from __future__ import annotations

import json
from typing import Any

import pytest

from stream_synth.verify.programs import UnitTest, called_in, code_blocks, program_in, read_tests, split_at_docstring

ADD = "def add(a, b):\n    return a + b"


@pytest.mark.parametrize(
    "reply",
    [
        f"Add them:\n```python\n{ADD}\n```\nDone.",
        f"把两个数相加：\n```py\n{ADD}\n```",
        f"```\n{ADD}\n```",
        f"Use it so:\n```python\nprint(add(1, 2))\n```\nwith\n```python\n{ADD}\n```",
        f"```python\n{ADD}",
        ADD,
    ],
)
def test_a_program_is_found_in_a_reply(reply: str) -> None:
    """Fenced or bare, tagged or not, among examples of its use, cut at the end."""
    assert program_in(reply, "add") == ADD


@pytest.mark.parametrize("reply", ["No idea.", "不会。", "```bash\nls\n```", "'quoted'", ""])
def test_a_reply_without_a_program_has_none(reply: str) -> None:
    """Prose and other languages are no Python."""
    assert program_in(reply) == ""


def test_blocks_of_another_language() -> None:
    """By its name."""
    assert code_blocks("```java\nint x;\n```\n```python\nx = 1\n```", frozenset({"java"})) == ["int x;"]


HUMANEVAL = "def check(candidate):\n    assert candidate(1) == 2"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (["assert add(1, 2) == 3", "assert add(0, 0) == 0"], ["assert add(1, 2) == 3", "assert add(0, 0) == 0"]),
        (json.dumps(["assert add(1, 2) == 3"]), ["assert add(1, 2) == 3"]),
        (
            "import math\nassert add(1, 2) == 3\nassert add(0, math.pi)",
            ["import math\nassert add(1, 2) == 3", "import math\nassert add(0, math.pi)"],
        ),
        ("def test_sum():\n    assert add(1, 2) == 3", ["def test_sum():\n    assert add(1, 2) == 3\ntest_sum()"]),
        ("assert add(1, 2) == 3\n然后\nassert add(0, 0) ==", ["assert add(1, 2) == 3"]),
        (HUMANEVAL, [f"{HUMANEVAL}\ncheck(add)"]),
        ([{"input": "1 2\n", "output": "3"}], [UnitTest(stdin="1 2\n", expected="3")]),
        ({"inputs": ["1", "2"], "outputs": ["a", "b"]}, [UnitTest(stdin="1", expected="a"), UnitTest(stdin="2", expected="b")]),
        (None, []),
        (7, []),
        ([3, None], []),
        ("", []),
    ],
)
def test_tests_of_every_usual_form(given: Any, expected: list[Any]) -> None:
    """Assertions, functions, HumanEval's check, pairs; what is none of these gives none."""
    assert read_tests(given, "add") == [one if isinstance(one, UnitTest) else UnitTest(one) for one in expected]


def test_the_function_under_test_is_the_one_that_is_called() -> None:
    """Built-ins, imports and helpers of the test are not."""
    tests = read_tests(["from math import isclose\nassert isclose(mean([1, 2]), 1.5)", "assert sorted(mean(x) for x in [[1]]) == [1]"])

    assert called_in(tests) == "mean"
    assert called_in([UnitTest(stdin="1", expected="1")]) == ""


def test_a_program_is_split_at_its_docstring() -> None:
    """Imports and helpers before it come along; without a docstring, or a body, there is nothing to split."""
    head, body = 'import math\n\n\ndef f(x):\n    """做。\n\n    例子。"""', "    y = x\n    return y"

    assert split_at_docstring(f"{head}\n\n{body}", "f") == (head, body)
    assert split_at_docstring(ADD, "add") is None
    assert split_at_docstring("def f():\n    'doc'", "f") is None
    assert split_at_docstring("def f(:", "f") is None
