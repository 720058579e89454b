"""Thinking and answer taken apart, whatever the tags look like."""

from __future__ import annotations

import pytest

from stream_synth.verify import split_thinking

SPLITS = {
    "plain": ("<think>a</think>b", "a", "b", ()),
    "long tag": ("<thinking>甲</thinking>\n乙", "甲", "乙", ()),
    "upper case": ("<THINK>a</THINK>b", "a", "b", ()),
    "no tags": ("only an answer, 3 < 4", "", "only an answer, 3 < 4", ()),
    "answer tags": ("<think>a</think><answer>b</answer>", "a", "b", ()),
    "opened by the template": ("先想\n</think>\n答案", "先想", "答案", ("missing_open",)),
    "text before": ("Well.<think>a</think>b", "Well.\n\na", "b", ("text_before_think",)),
    "nested": ("<think>a<think>b</think>c</think>d", "a\n\nb\n\nc", "d", ("nested",)),
    "opened twice": ("<think><think>a</think>b", "a", "b", ("nested",)),
    "closed twice": ("<think>a</think></think>b", "a", "b", ("stray_close",)),
    "two blocks in a row": ("<think>a</think>\n<think>b</think>c", "a\n\nb", "c", ("several_blocks",)),
    "never closed but answered": ("<think>a<answer>b</answer>", "a", "b", ("missing_close",)),
    "answer never closed": ("<think>a</think><answer>b", "a", "b", ("missing_answer_close",)),
    "answer never opened": ("<think>a</think>b</answer>", "a", "b", ("missing_answer_open",)),
    "answer inside the thinking": ("<think>a <answer>b</answer></think>", "a", "b", ("answer_in_think",)),
    "text around the answer": ("<think>a</think>So <answer>b</answer>", "a", "So b", ("text_outside_answer",)),
    "tag as a subject": ("<think>a</think>Write `<think>` first.", "a", "Write `<think>` first.", ()),
    "tag in a fence": ("<think>a</think>```\n<think>x\n```", "a", "```\n<think>x\n```", ()),
    "fence across the closing tag": ("<think>a\n```py\nx</think>b\n```\n", "a\n```py\nx", "b\n```", ("tag_in_code",)),
}
DAMAGED = {
    "never closed": "<think>a and b",
    "text between blocks": "<think>a</think>b<think>c</think>d",
    "text between closings": "<think>a</think>b</think>c",
    "ends in an opening": "<think>a</think><think>b",
    "two answers": "<think>a</think><answer>b</answer><answer>c</answer>",
}


@pytest.mark.parametrize(("text", "reasoning", "answer", "findings"), SPLITS.values(), ids=SPLITS)
def test_repairs_what_a_rule_can_repair(text: str, reasoning: str, answer: str, findings: tuple[str, ...]) -> None:
    """Thinking and answer come apart, and every departure from the form is named."""
    split = split_thinking(text)

    assert (split.reasoning, split.answer, split.findings) == (reasoning, answer, findings)
    assert not split.damaged
    assert split.repaired is bool(findings)


@pytest.mark.parametrize("text", DAMAGED.values(), ids=DAMAGED)
def test_calls_damaged_what_no_rule_can_tell(text: str) -> None:
    """Where text could be thinking or answer, nothing is guessed."""
    split = split_thinking(text)

    assert split.damaged
    assert split.findings
    assert not split.repaired


def test_field_is_taken_as_it_is() -> None:
    """Thinking that the server sent in a field of its own needs no tags."""
    split = split_thinking("答案", "先想")

    assert (split.reasoning, split.answer, split.findings) == ("先想", "答案", ())


@pytest.mark.parametrize(
    ("text", "field"), [("b", "<think>a</think>"), ("b", "<think>\na"), ("</think>\nb", "a"), ("<think></think>b", "a"), ("b", "a</think>")]
)
def test_tags_left_at_the_ends_of_a_field_are_removed(text: str, field: str) -> None:
    """Servers that split badly leave tags at the seams."""
    split = split_thinking(text, field)

    assert (split.reasoning, split.answer, split.findings) == ("a", "b", ("tag_in_field",))


def test_tags_inside_a_field_are_damage() -> None:
    """A closing tag in the middle of the field says that the server split at the wrong place."""
    split = split_thinking("c", "a</think>b")

    assert split.damaged


def test_hostile_text_takes_no_time() -> None:
    """A hundred kilobytes of tags or fences stay linear."""
    for text in ("<think>" * 15_000, "</think>" * 12_000, "```a\n" * 20_000 + "<think>", "`" * 100_000 + "<think>", "<" * 100_000):
        split_thinking(text)
