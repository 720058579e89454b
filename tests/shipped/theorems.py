"""Problems for the configurations whose proofs are checked: a number tells the replies which fate is meant."""

from __future__ import annotations

from tests.shipped.seeds import UNFIT_QUESTIONS, shipped

THEOREMS = [
    *shipped("theorems"),
    *UNFIT_QUESTIONS,
    *({"question": f"第{number}题：已知前提成立，证明结论。"} for number in range(1, 17)),
    *({"question": f"Problem {number}: the premises hold; show the conclusion.", "answer": "it holds"} for number in range(1, 17)),
]
OUT_OF_REACH = (
    r"^(?:有人把|Someone has).*\bcase14\b"  # the judge
    r"|^(?:请证明|Prove).*\bcase15\b.*(?:\|- F\.|: False :=)"  # falsehood from what is given
    r"|^(?:请证明|Prove).*\bcase16\b.*(?:\|- (?:-\. )?ps |: (?:¬ \()?q\)? :=)"  # statement and negation
)
