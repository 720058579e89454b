"""The card of `reasoning`."""

from __future__ import annotations

from stream_synth.recipes.shared.card import (
    CALCULATOR,
    EXPERT_CHECK,
    GOLD_META,
    JUDGED_META,
    META,
    NO_QUESTION,
    WRONG_ANSWER,
    Card,
    no_reply,
    no_verdict,
)
from stream_synth.recipes.shared.question import QUESTION_FIELDS

REASONING_CARD = Card(
    family="distillation",
    paper="DeepSeek-R1 (arXiv:2501.12948); Open-R1; Chinese-DeepSeek-R1-Distill-110k",
    summary="thinking and answer for each question: n solutions, checked for form, language and, with a gold answer, correctness",
    fields_in={
        **QUESTION_FIELDS,
        "answer": "optional: the gold answer, short or marked (#### 72, \\boxed{72}); a JSON list names several that are right",
        "answer_kind": "optional: exact, open (never compared), or set, when a list is one answer of several parts; before the option",
        "domain": "optional (or category, subject, type, task, repo_name): a mathematical one asks for steps and \\boxed{}",
    },
    one_of=("question", "messages"),
    fields_out={
        "prompt": "the user's turns (input)",
        "reasoning": "the thinking (reasoning_content)",
        "response": "the answer (content)",
        "messages": "the whole conversation, the answer last, without what was added for asking",
    },
    roles={"teacher": "thinks and answers", "judge": "only with `judge: true`: tells right from wrong where no rule can"},
    meta_keys={
        **META,
        "attempts": "solutions asked for this question",
        "think_by": "native, template or two_step",
        "refined": "true where `refine` rewrote the thinking",
        "row": "columns of the seed that `carry` names",
        "suffix": "boxed when steps and \\boxed{} were asked for, else none",
        "answer_kind": "exact: compared with a gold answer; open: not",
        "verified": "rule, judge or none: who found the answer right",
        **GOLD_META,
        "reference": "the seed's own answer, where it is prose",
        "lang_think": "share of the question's language in the thinking",
        "lang_answer": "the same in the answer",
        **JUDGED_META,
    },
    rejects={
        **NO_QUESTION,
        **no_reply("solve", "reply"),
        "answer/call_failed": "two_step: the second call failed for good",
        **no_reply("refine", "refined thinking", later=True),
        "refine/no_thinking": "`refine`, and there is no thinking to rewrite",
        "refine/invalid": "the teacher finds that the thinking makes no sense",
        **no_reply("summarise", "answer written from the refined thinking", later=True),
        "format/no_thinking": "no thinking, and `require_thinking` is on",
        "format/long_paragraph": "a paragraph of the thinking is longer than `max_paragraph_chars`",
        "format/code_block": "code in the thinking, and `allow_code` is off",
        "language/language_mixing": "too little of the question's language",
        **WRONG_ANSWER,
        "judge/judged_wrong": "the judge says incorrect",
        **no_verdict("judge"),
        **CALCULATOR,
        **EXPERT_CHECK,
        "keep/over_keep": "right, but `keep` solutions of this question came before it",
    },
)
