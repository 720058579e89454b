"""Thinking that gives away that the answer was known before it began: in Chinese and English."""

from __future__ import annotations

import re

_KNOWN = r"(?:given|provided|supplied|reference|gold|expected|known|official|stated|target)"
_LEAKS = re.compile(
    rf"\b(?:the|this|that|our|your|its|their|an?|{_KNOWN})\s+{_KNOWN}\s+(?:final\s+|correct\s+)?(?:answer|solution|conclusion)\b"
    rf"|\b(?:answer|solution|conclusion)\b[^.!?\n]{{0,20}}?(?:was|were|is|has been|have been|I was)\s+(?:already\s+)?{_KNOWN}\b(?! by\b)"
    r"|\b(?:answer|solution|conclusion)\s+(?:that\s+)?(?:I|we)\s+(?:was|were|am|are|have been)\s+(?:given|told)\b"
    r"|\b(?:answer|solution|conclusion)\s+(?:is supposed to be|should come out as)\b"
    r"|\b(?:I|we)\s+(?:already\s+|do\s+)?know\s+(?:that\s+)?the\s+(?:final\s+|correct\s+)?(?:answer|solution|conclusion)\b"
    r"|\b(?:was|were|been|am|are)\s+told\s+(?:that\s+)?the\s+(?:final\s+|correct\s+)?answer\b"
    r"|\b(?:since|because|given that|knowing that)\s+the\s+(?:final\s+|correct\s+)?answer\s+(?:is|must be)\b"
    r"|\bwork(?:ing|s)?\s+(?:backwards?|back)\s+from\s+the\s+(?:answer|conclusion)\b"
    r"|\b(?:justify|rationali[sz]e|arrive at|lead(?:s|ing)? to|match(?:es|ing)?)\s+(?:the|that)\s+(?:(?:correct|right|final)\s+)?"
    rf"(?:{_KNOWN}\s+)?(?:answer|conclusion)\s+(?:given|provided|above|I was|we were)\b"
    r"|(?:给定|给出|提供|参考|标准|已知|预期|官方|题目给|事先知道|所附)(?:了|好)?的?(?:正确|最终)?(?:答案|结论)"
    r"|(?:答案|结论)(?:已经|已|早就|事先)(?:给出|给定|知道|提供|告诉|给了|有了)"
    r"|(?:既然|由于|因为)(?:已经?知道)?(?:正确|最终)?(?:答案|结论)(?:就|已经)?(?:是|为)"
    r"|(?:我|我们|咱们)?(?:已经|事先|早就)知道(?:了)?(?:正确|最终)?(?:答案|结论)"
    r"|(?:从|由|根据|按照|按)(?:上面的?|这个|该|正确|最终)?(?:答案|结论)(?:来|去|往回|反过来|出发)?(?:倒推|反推|逆推|凑)"
    r"|(?:与|和|跟)(?:上面|题目|所给|给)(?:的|出的)?(?:答案|结论)(?:一致|相符|吻合|相同)",
    re.IGNORECASE,
)


def leaked(thinking: str, question: str = "") -> str | None:
    """The first words that say so, or None. Words that the question itself uses give nothing away.

    It knows phrases, not intentions: thinking that names its conclusion without having found it passes.
    """
    asked = question.lower()
    return next((found[0] for found in _LEAKS.finditer(thinking) if found[0].lower() not in asked), None)
