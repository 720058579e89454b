from __future__ import annotations

import pytest

from stream_synth.text.pre_query import instruction_in


@pytest.mark.parametrize(
    ("said", "instruction"),
    [
        ("Why is the sky blue?", "Why is the sky blue?"),
        ("**Question:** Why is the sky blue?", "Why is the sky blue?"),
        ("Question 3: Why?", "Why?"),
        ("1. Why is the sky blue?", "Why is the sky blue?"),
        ('"Why is the sky blue?"', "Why is the sky blue?"),
        ("Why? Answer: Because.", "Why?"),
        ("Why?<|im_end|>\n<|im_start|>assistant", "Why?"),
        ("问题：天为什么蓝？", "天为什么蓝？"),
        ("（1）天为什么蓝？", "天为什么蓝？"),
        ("天为什么蓝？答案：因为散射。", "天为什么蓝？"),
        ("“天为什么蓝？”", "天为什么蓝？"),
        ("3.5 kilos of apples cost 7 coins. How much is one?", "3.5 kilos of apples cost 7 coins. How much is one?"),
        ("翻译“你好”和“再见”", "翻译“你好”和“再见”"),
        ("Q&A pages: how do I write one?", "Q&A pages: how do I write one?"),
        ("2.", ""),
        ("Instruction:", ""),
    ],
)
def test_dress_goes_and_the_instruction_stays(said: str, instruction: str) -> None:
    """In Chinese and English; nothing of the instruction itself is touched."""
    assert instruction_in(said) == instruction
