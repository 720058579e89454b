"""Words by which a solution betrays that its writer had been shown the answer, as a hint or a mark."""

from __future__ import annotations

import re

from stream_synth.verify.leaks import leaked

_HINTS = re.compile(
    r"\(CORRECT\)|（正确）|\bhint(?:s|ed)?\b|\bmarked (?:answer|choice|option)\b|提示"
    r"|(?:标出|标注|括号[里中内])的?(?:正确|标准|最终)?(?:答案|选项)|答案已知"
    r"|\bmasked solution\b|(?:给出|给定|已知|提供|参考)的?解[法答]",
    re.IGNORECASE,
)


def hint_words(solution: str, question: str) -> str | None:
    """The first mention of a hint or a known answer, in Chinese or English, that the question itself does not make."""
    own = {found.lower() for found in _HINTS.findall(question)}
    hints = (found for found in _HINTS.findall(solution) if found.lower() not in own)
    return next(hints, None) or leaked(solution, question)
