"""The card of `lean_proof`."""

from __future__ import annotations

from stream_synth.recipes.shared.card import EXPERT_CHECK, JUDGED_META, META, NO_QUESTION, Card, no_reply, no_verdict
from stream_synth.recipes.shared.question import QUESTION_FIELDS

# "above average" is read by its first word.
GRADES = {"excellent": "excellent", "good": "good", "above": "above average", "fair": "fair", "poor": "poor"} | {
    "优秀": "excellent",
    "良好": "good",
    "中上": "above average",
    "一般": "fair",
    "差": "poor",
}
LEAN_PROOF_CARD = Card(
    family="tools",
    paper="DeepSeek-Prover (arXiv:2405.14333)",
    summary="problems formalised and proved, or disproved; what Lean or Metamath accepts",
    fields_in={**QUESTION_FIELDS, "question": "a problem in words", "answer": "optional: its answer, which becomes part of the statement"},
    one_of=("question", "messages"),
    fields_out={
        "prompt": "the formal statement to prove, with what the language allows",
        "response": "statement and proof, fenced",
        "reasoning": "the prover's thinking, where it shows some",
    },
    roles={"teacher": "formalises and proves; after each round the model that was trained on the rows", "judge": "grades statements"},
    needs=("tool", "training between rounds"),
    meta_keys={
        **META,
        **JUDGED_META,
        "problem": "the problem in words",
        "statement": "what was proved, in the checker's language",
        "proof": "the proof alone",
        "checker": "lean or metamath",
        "attempts": "tries until statement or negation closed",
        "side": "statement or negation: which of the two was proved",
        "grade": "of the formalisation: excellent, good or above average",
        "absurd_attempts": "failed tries to prove falsehood from the hypotheses",
    },
    rejects={
        **NO_QUESTION,
        **no_reply("formalise", "statement"),
        "formalise/invalid": "the model says that it cannot be formalised",
        "formalise/unreadable": "no single statement",
        "formalise/ill_formed": "the checker cannot read it",
        **no_verdict("grade"),
        "grade/fair": "the statement is only fair",
        "grade/poor": "or poor",
        "absurd/inconsistent": "falsehood follows from the hypotheses, or both statement and negation do",
        "absurd/call_failed": "a try at it failed for good",
        "prove/open": "neither statement nor negation closed in `attempts`",
        "prove/call_failed": "both calls of a round failed for good",
        **EXPERT_CHECK,
    },
)
