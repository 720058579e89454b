from __future__ import annotations

import pytest

from stream_synth.text.labelled import labelled_parts

LABELS = {"thinking": ("thinking", "思考"), "conclusion": ("conclusion", "结论")}


@pytest.mark.parametrize(
    "text",
    ["Thinking: one\ntwo\nConclusion: three", "Sure!\n**Thinking:**\none\ntwo\n\n## conclusion:\nthree", "思考：one\ntwo\n【结论】：three"],
)
def test_parts_are_found(text: str) -> None:
    """Whatever the mark-up around the labels; what stands before the first is dropped."""
    assert labelled_parts(text, LABELS) == {"thinking": "one\ntwo", "conclusion": "three"}


@pytest.mark.parametrize(
    "text",
    ["Thinking: one", "Conclusion: three\nThinking: one", "Thinking: one\nConclusion: a\nConclusion: b", "Thinking:\nConclusion: a", ""],
)
def test_anything_else_is_none(text: str) -> None:
    """A missing, empty, repeated or misplaced part."""
    assert labelled_parts(text, LABELS) is None
