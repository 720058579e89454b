from __future__ import annotations

from typing import Any

import pytest

from stream_synth.errors import ChatError, ConfigError
from stream_synth.recipes.code_comments import CodeComments
from stream_synth.recipes.shared.scripted import try_recipe
from stream_synth.values import Completion, Rejected, Sample, Usage
from tests.recipes.programming import fates

CODE = "def area(r):\n    return 3.14159 * r ** 2"
ZH = (
    '```python\ndef area(r):\n    """圆的面积，r 是半径，单位由调用者决定。"""\n    # 圆周率取五位小数，对画图来说足够\n'
    "    return 3.14159 * r ** 2\n```"
)
EN = '```python\ndef area(r):\n    """Area of a circle of radius r, in the square of its unit."""\n    return 3.14159 * r ** 2\n```'
CUT = Completion("half", finish_reason="length", usage=Usage(1, 5))


@pytest.mark.parametrize(("lang", "reply"), [("zh", ZH), ("en", EN)])
async def test_commented_code_is_the_row(lang: str, reply: str) -> None:
    """Bare code as response, density and language on the row, no other prompt than none."""
    (row,) = await try_recipe(CodeComments(comments_in=lang), {"code": CODE}, {"comment": reply})

    assert isinstance(row, Sample)
    assert row.response == reply.removeprefix("```python\n").removesuffix("\n```")
    assert (row.prompt, row.lang, row.meta["density_before"]) == ("", lang, 0.0)
    assert row.meta["density"] > 0.3
    assert row.messages == ({"role": "assistant", "content": row.response},)
    assert set(row.meta) <= set(CodeComments.card.meta_keys)


@pytest.mark.parametrize(
    ("reply", "fate"),
    [
        (ZH, "comment/other_language"),
        (EN.replace("** 2", "* r"), "comment/code_changed"),
        (f"{EN[:-10]}\n```", "comment/code_changed"),
        (f"```\n{CODE}\n```", "comment/no_denser"),
        ("SKIP", "comment/skipped"),
        ("A fine function.", "comment/no_code"),
        (CUT, "comment/truncated"),
        (" ", "comment/empty"),
    ],
)
async def test_what_is_no_commented_code_says_why(reply: Any, fate: str) -> None:
    """Each reason is on the card."""
    rows = await try_recipe(CodeComments(), {"code": CODE}, {"comment": reply})

    assert fates(rows) == [fate]
    assert fate in CodeComments.card.rejects


async def test_a_changed_line_is_shown() -> None:
    """What was there, and what stands there now."""
    (row,) = await try_recipe(CodeComments(), {"code": CODE}, {"comment": EN.replace("3.14159", "3.14")})

    assert isinstance(row, Rejected)
    assert row.evidence == {"was": "3.14159", "now": "3.14"}


async def test_other_languages_and_a_language_of_the_seed() -> None:
    """Java, with Chinese comments because the seed wants them."""
    seed = {"code": "int twice(int x) {\n  return 2 * x;\n}", "language": "Java", "lang": "zh"}
    reply = "```java\n// 返回两倍的值，不检查溢出，由调用的人负责\nint twice(int x) {\n  return 2 * x;\n}\n```"

    (row,) = await try_recipe(CodeComments(), seed, {"comment": reply})

    assert fates([row]) == ["accepted"]


@pytest.mark.parametrize(
    ("said", "fate"),
    [
        ("They help.\nScore: 4", "accepted"),
        ("分数：3", "accepted"),
        ("They repeat the code.\nScore: 2", "relate/unrelated"),
        ("Fine.", "relate/unreadable_score"),
        (ChatError("server_error", "500"), "relate/call_failed"),
    ],
)
async def test_a_judge_may_rate_how_they_belong_together(said: Any, fate: str) -> None:
    """Its call is charged, its reasons kept."""
    (row,) = await try_recipe(CodeComments(judge=True), {"code": CODE}, {"comment": EN, "relate": said})

    assert fates([row]) == [fate]
    assert fate == "accepted" or fate in CodeComments.card.rejects


@pytest.mark.parametrize(
    ("seed", "fate"),
    [
        ({"code": " "}, "seed/no_code"),
        ({"code": "def f(:"}, "seed/bad_syntax"),
        ({"code": "x", "language": "klingon"}, "seed/unknown_language"),
    ],
)
async def test_seeds_without_code_cost_no_call(seed: dict[str, str], fate: str) -> None:
    """Each with its reason."""
    rows = await try_recipe(CodeComments(), seed, {})

    assert fates(rows) == [fate]


def test_impossible_options_are_configuration_errors() -> None:
    """There are prompts in two languages."""
    with pytest.raises(ConfigError, match="comments_in"):
        CodeComments(comments_in="fr")
