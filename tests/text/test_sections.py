from __future__ import annotations

import pytest

from stream_synth.text.sections import labelled, numbered

LABELS = {"input": "input", "输入": "input", "output": "output", "输出": "output", "class label": "label"}


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("9. Sing a song.\n10. Why does it rain?", ["Sing a song.", "Why does it rain?"]),
        ("Sure! Here they are:\n\n**9.** Sing.\n\n10) Dance.\n", ["Sing.", "Dance."]),
        ("9、唱一首歌。\n10．为什么会下雨？", ["唱一首歌。", "为什么会下雨？"]),
        ("1. Sort these:\n1. pear\n2. Name a fig.", ["Sort these:\n1. pear", "Name a fig."]),
        ("9. In 1999 it rained.\n1998. No item.", ["In 1999 it rained.\n1998. No item."]),
        ("no list", []),
        ("", []),
    ],
)
def test_numbered_lists(text: str, items: list[str]) -> None:
    """Numbers rise by one; everything else belongs to an item."""
    assert numbered(text) == items


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Input: a\nOutput: b", [("input", "a"), ("output", "b")]),
        (
            "Here:\n**Example 1**\n**Input:** a\nb\n**Output:** c\n\nExample 2:\nOutput: d",
            [("input", "a\nb"), ("output", "c"), ("output", "d")],
        ),
        (
            "示例一：\n输入：甲\n输出：乙\n\n示例二：\n输入：丙\n输出：丁",
            [("input", "甲"), ("output", "乙"), ("input", "丙"), ("output", "丁")],
        ),
        ("4. Input: <noinput>\n4. Output: x\n###", [("input", "<noinput>"), ("output", "x")]),
        ("Class label: good\nInput: the output: fine", [("label", "good"), ("input", "the output: fine")]),
        ("Input: a\n---\nb\n---\nOutput: an\n\nExample 1\n\nof it", [("input", "a\n---\nb"), ("output", "an\n\nExample 1\n\nof it")]),
        ("none of them", []),
    ],
)
def test_labelled_parts(text: str, parts: list[tuple[str, str]]) -> None:
    """Labels stand at the beginning of a line; Markdown, numbers, rules and headings go."""
    assert labelled(text, LABELS) == parts
