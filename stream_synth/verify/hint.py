"""Words by which a solution betrays that its writer had been shown the answer."""

from __future__ import annotations

import re

_WORDS = re.compile(
    r"\(CORRECT\)|（正确）|\bhint(?:s|ed)?\b|\b(?:given|provided|known|marked|reference) (?:correct )?(?:answer|result|choice|option)\b"
    r"|\b(?:given|provided|known|masked|reference) solution\b|(?:给出|给定|已知|提供|参考)的?解[法答]"
    r"|\banswer (?:is|was) (?:already )?(?:given|provided|known|marked)\b|提示"
    r"|(?:给出|给定|已知|提供|标出|标注|参考|括号[里中内])的?(?:正确|标准|最终)?(?:答案|选项)"
    r"|答案已(?:经)?(?:给出|知)",
    re.IGNORECASE,
)


def hint_words(solution: str, question: str) -> list[str]:
    """Mentions of a hint or a known answer, in Chinese or English, that the question itself does not make."""
    own = {found.lower() for found in _WORDS.findall(question)}  # "the known answer" of a question about answers
    return [found for found in _WORDS.findall(solution) if found.lower() not in own]
