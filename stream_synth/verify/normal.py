"""One spelling for answers: LaTeX wrappers, full-width characters, typographic signs and spaces put aside."""

from __future__ import annotations

import re
import unicodedata

SUPERSCRIPTS = str.maketrans({sign: f"^{plain}" for sign, plain in zip("⁰¹²³⁴⁵⁶⁷⁸⁹ⁿ", "0123456789n", strict=True)})
_SIGNS = str.maketrans(
    {"−": "-", "–": "-", "—": "-", "×": "*", "·": "*", "⋅": "*", "∗": "*", "÷": "/", "⁄": "/", "∶": ":", "，": ",", "、": ","}
)
_WORDS = (
    (re.compile(r"\\(?:left|right|displaystyle|limits|bigl?|bigr|Bigl?|Bigr|quad|qquad)(?![A-Za-z])"), " "),
    (re.compile(r"\\[!,;: ]|~"), " "),
    (re.compile(r"\\[()\[\]]|\\?\$"), " "),
    (re.compile(r"\\(?:text|textbf|textit|textrm|mbox|mathrm|mathbf|mathit|operatorname|rm|bf|emph|boxed)\s*\{([^{}]*)\}"), r" \1 "),
    (re.compile(r"\\[dtc]frac(?![A-Za-z])"), r"\\frac"),
    (re.compile(r"\\frac\s*(\w)\s*(\w)(?!\w*\})"), r"\\frac{\1}{\2}"),
    (re.compile(r"\\frac\s*(\w)\s*(\{)"), r"\\frac{\1}\2"),
    (re.compile(r"(\\frac\s*\{[^{}]*\})\s*(\w)"), r"\1{\2}"),
    (re.compile(r"\\sqrt\s*(\w)"), r"\\sqrt{\1}"),
    (re.compile(r"√\s*(\d+|[A-Za-z])"), r"\\sqrt{\1}"),
    (re.compile(r"√\s*\(([^()]*)\)"), r"\\sqrt{\1}"),
    (re.compile(r"\^\s*\{?\s*\\circ\s*\}?|°|\bdegrees?\b|度$"), " "),
    (re.compile(r"\\?%"), "%"),
    (re.compile(r"\\(?:times|cdot|ast)(?![A-Za-z])"), "*"),
    (re.compile(r"\\div(?![A-Za-z])"), "/"),
    (re.compile(r"\\pm(?![A-Za-z])"), "±"),
    (re.compile(r"\\pi(?![A-Za-z])|π"), " pi "),
    (re.compile(r"\\infty(?![A-Za-z])|∞"), " inf "),
    (re.compile(r"\\(?:leq?|leqslant)(?![A-Za-z])|≤"), "<="),
    (re.compile(r"\\(?:geq?|geqslant)(?![A-Za-z])|≥"), ">="),
    (re.compile(r"\\(?:neq?|not=)(?![A-Za-z])|≠"), "!="),
    (re.compile(r"\\cup(?![A-Za-z])|∪"), " U "),
    (re.compile(r"\\in(?![A-Za-z])|∈"), " in "),
    (re.compile(r"\\\{"), "⦃"),
    (re.compile(r"\\\}"), "⦄"),
    (re.compile(r"\{,\}"), ","),
    (re.compile(r"\*\*"), ""),
    (re.compile(r"\s+"), " "),
    (re.compile(r" ?([-+*/^=<>(){}\[\],:|±⦃⦄]) ?"), r"\1"),
    (re.compile(r"(?<=\d),(?=\d{3}(?:\D|$)) ?"), ","),
)
_NAME = re.compile(r"^(?:[A-Za-z](?:_\{?\w\}?)?|[a-z]\([a-z]\))=(?=\S)|^[A-Za-z] in ?(?=[(\[⦃])")


def normal_form(answer: str) -> str:
    """The answer without what is only presentation. Both sides of a comparison go through it."""
    text = unicodedata.normalize("NFKC", answer.translate(SUPERSCRIPTS)).translate(_SIGNS)
    for pattern, plain in _WORDS:
        text = pattern.sub(plain, text)
    text = text.strip(" \t\n\"'“”‘’`").rstrip(" .。;；:：,\"'”’`")
    return _NAME.sub("", text)


def squeezed(text: str) -> str:
    """The same without spaces and case, for comparing as text."""
    return text.replace(" ", "").casefold()
