from __future__ import annotations

from typing import Any

import pytest

from stream_synth.text.chain import laid_out, read_chain

LAST = [
    {"action": "Inner Thinking", "content": "想"},
    {"action": "final conclusion", "content": "结论"},
    {"action": "Verification", "content": "对"},
]


def test_a_chain_is_read_and_laid_out() -> None:
    """Wrapped in an object of one key or not."""
    chain = read_chain({"chain": LAST})

    assert chain == read_chain(LAST)
    assert laid_out(chain or ()) == "Inner Thinking: 想\n\nFinal Conclusion: 结论\n\nVerification: 对"


@pytest.mark.parametrize(
    "said",
    [
        None,
        "chain",
        {},
        {"chain": LAST, "more": 1},
        LAST[:2],
        LAST[::-1],
        ["Inner Thinking", *LAST],
        [{"action": "Sleep", "content": "z"}, *LAST],
        [{"action": "Inner Thinking", "content": " "}, *LAST],
    ],
)
def test_anything_else_is_none(said: Any) -> None:
    """Unknown, empty, or not ending in thinking, conclusion and verification."""
    assert read_chain(said) is None
