from __future__ import annotations

from typing import Any

import pytest

from stream_synth.sources.presets import recognised


@pytest.mark.parametrize(
    ("row", "fields"),
    [
        ({"question": "q", "answer": "#### 7"}, {"question": "q", "answer": "#### 7"}),
        ({"instruction": "i", "input": "", "output": "o"}, {"question": "i", "answer": "o"}),
        ({"instruction": "i", "input": "x", "output": "o", "lang": "zh"}, {"question": "i\nx", "answer": "o", "lang": "zh"}),
        ({"instruction": "i"}, {"question": "i"}),
        ({"conversations": [{"from": "human", "value": "hi"}]}, {"messages": [{"from": "human", "value": "hi"}]}),
        ({"messages": [], "id": 1}, {"messages": [], "id": 1}),
        ({"problem": "p", "solution": "s", "level": "1"}, {"question": "p", "answer": "s", "level": "1"}),
        ({"prompt": [{"role": "user", "content": "c"}]}, {"messages": [{"role": "user", "content": "c"}]}),
        ({"system_prompt": "s", "question": "q", "response": "r"}, {"system": "s", "question": "q", "answer": "r"}),
        ({"instruction": "i", "output": None, "golden_answer": "8"}, {"question": "i", "answer": "8", "output": None}),
        ({"anything": 1}, {"anything": 1}),
    ],
)
def test_known_columns_become_fields(row: dict[str, Any], fields: dict[str, Any]) -> None:
    """Each well-known data set reads as recipes want it, other columns kept."""
    assert recognised(row) == fields


def test_earlier_turns_come_before_the_question() -> None:
    """A history of pairs and an instruction are one conversation."""
    fields = recognised({"instruction": "third", "input": "", "output": "o", "history": [["first", "second"]]})

    assert [turn["content"] for turn in fields["messages"]] == ["first", "second", "third"]
    assert "question" not in fields
    assert "history" not in fields
