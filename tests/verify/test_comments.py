from __future__ import annotations

import pytest

from stream_synth.verify.comments import knows, taken_apart

PYTHON = "def f(x):\n    return x + 1  # one\n"
COMMENTED = '"""模块。"""\n\n\ndef f(x):\n    """加一。\n\n    两行。"""\n    # 一\n\n    return x + 1\n'
C_LIKE = "int f(int x) {\n  return x + 1; // one\n}\n"
C_COMMENTED = "/** 加一\n * 好 */\nint f(int x) {\n  // 一\n\n  return x + 1;\n}\n"


def test_python_is_the_same_without_comments_and_docstrings() -> None:
    """They are told, in order, and weigh more than before."""
    before, after = taken_apart(PYTHON, "python"), taken_apart(COMMENTED, "python")

    assert before is not None
    assert after is not None
    assert before.code == after.code
    assert before.comments == ("# one",)
    assert after.comments[-1] == "# 一"
    assert before.density < after.density < 1


@pytest.mark.parametrize(
    "other",
    [
        "def f(x):\n    return x + 2\n",
        "def f(y):\n    return y + 1\n",
        "def f(x):\n    if x:\n        return x + 1\n",
        'def f(x):\n    "文档"; y = "b"\n    return x + 1\n',
        "def f(x): return x + 1\n",
        "x = 1\n" + PYTHON,
    ],
)
def test_any_change_of_python_code_is_seen(other: str) -> None:
    """A number, a name, a block, what stands behind a docstring on its line."""
    before, after = taken_apart(PYTHON, "python"), taken_apart(other, "python")

    assert before is not None
    assert after is not None
    assert before.code != after.code


def test_strings_are_code_unless_they_document() -> None:
    """A string that is used, or stands later in a body, counts."""
    one, other = (taken_apart(f'def f():\n    "doc"; return {text!r}\n', "py") for text in ("a", "b"))

    assert one is not None
    assert other is not None
    assert one.code != other.code


@pytest.mark.parametrize("language", ["java", "c", "cpp", "javascript", "typescript", "go", "rust"])
def test_other_languages_are_compared_by_their_lines(language: str) -> None:
    """Comments of both kinds go; a changed line is seen, and so is a directive of the preprocessor."""
    before, after = taken_apart(C_LIKE, language), taken_apart(C_COMMENTED, language)
    changed = taken_apart(C_COMMENTED.replace("+ 1", "- 1"), language)

    assert before is not None
    assert after is not None
    assert changed is not None
    assert before.code == after.code != changed.code
    assert before.density < after.density


def test_directives_are_code() -> None:
    """`#include` is no comment."""
    parts = taken_apart("#include <a.h>\nint x; // x\n", "c")

    assert parts is not None
    assert parts.code == ("#include <a.h>", "int x;")


def test_what_cannot_be_taken_apart() -> None:
    """Python that is none has no parts; a language nobody knows is an error."""
    assert taken_apart("def f(:", "python") is None
    assert knows("sql")
    assert not knows("klingon")
    with pytest.raises(ValueError, match="klingon"):
        taken_apart("x", "klingon")
