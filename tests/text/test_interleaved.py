from __future__ import annotations

import pytest

from stream_synth.text.interleaved import Block, next_code, rendered


@pytest.mark.parametrize(
    ("reply", "text", "code"),
    [
        ("先算。\n<llm-code>\nx = 1\nprint(x)\n</llm-code>", "先算。", "x = 1\nprint(x)"),
        ("We add.\n<llm-code>\nx = 1\n", "We add.", "x = 1"),
        ("We add.\n<llm-code>\n```python\nx = 1\n```\n</llm-code>", "We add.", "x = 1"),
        ("We add.\n```python\nif x:\n    y = 1\n```\nIt prints 3.", "We add.", "if x:\n    y = 1"),
        ("We add.\n<llm-code>\nx = 1\n<llm-code-output>\n1", "We add.", "x = 1"),
        ("One.\n```python\na = 1\n```\nTwo.\n<llm-code>\nb\n</llm-code>", "One.", "a = 1"),
        ("So it is \\boxed{7}.", "So it is \\boxed{7}.", None),
        ("所以是 \\boxed{7}。</llm-code>", "所以是 \\boxed{7}。", None),
        ("```python\n```\nNothing.", "```python\n```\nNothing.", None),
        ("<llm-code> </llm-code> 7", "7", None),
    ],
)
def test_first_block_of_a_reply(reply: str, text: str, code: str | None) -> None:
    """Tags or fences, closed or cut at the stop; what follows the block is dropped."""
    assert next_code(reply) == (text, code)


def test_rendered_as_markdown() -> None:
    """Text, code and output in order, empty texts left out."""
    blocks: list[Block] = [
        {"kind": "text", "content": ""},
        {"kind": "code", "content": "print(7)"},
        {"kind": "execution", "content": "7"},
        {"kind": "text", "content": "是 7。"},
    ]

    assert rendered(blocks) == "```python\nprint(7)\n```\n\n```output\n7\n```\n\n是 7。"
