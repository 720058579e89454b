"""How long a text is in words, whatever its script: limits that papers state in words hold for Chinese as well."""

from __future__ import annotations

from stream_synth.text.tokens import tokens

HAN_PER_WORD = (
    1.4  # medians of alpaca_gpt4_zh by those of alpaca_gpt4_en: 14 characters to 10 words in instructions, 111.5 to 81 in answers
)


def words(text: str) -> float:
    """Length in English words; Chinese characters at their share of one."""
    found = tokens(text)
    han = sum(1 for token in found if "\u4e00" <= token[0] <= "\u9fff")
    return len(found) - han + han / HAN_PER_WORD
