"""The card of `reasoning`."""

from __future__ import annotations

from stream_synth.recipes.card import Card
from stream_synth.recipes.question import QUESTION_FIELDS

REASONING_CARD = Card(
    family="distillation",
    paper="DeepSeek-R1 (arXiv:2501.12948); Open-R1; Chinese-DeepSeek-R1-Distill-110k",
    summary="thinking and answer for each question: n solutions, checked for form, language and, with a gold answer, correctness",
    fields_in={
        **QUESTION_FIELDS,
        "answer": "optional: the gold answer, short or marked (#### 72, \\boxed{72}); a JSON list names several that are right",
        "answer_kind": "optional: exact or open, before the option",
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
        "prompt_hash": "digest of the prompts used",
        "origin": "recipe and prompt digest; the engine adds source, licence, hosts",
        "attempts": "solutions asked for this question",
        "think_by": "native, template or two_step",
        "suffix": "boxed when steps and \\boxed{} were asked for, else none",
        "answer_kind": "exact: compared with a gold answer; open: not",
        "verified": "rule, judge or none: who found the answer right",
        "gold": "the gold answer",
        "got": "the final answer that was found",
        "answer_how": "how it was found: boxed, hashes, stated, whole, last_number (a guess)",
        "reference": "the seed's own answer, where it is prose",
        "format_reward": "0 to 1: thinking opened, closed, not empty, answer given",
        "tag_findings": "what was amiss with the thinking tags, where something was",
        "lang_think": "share of the question's language in the thinking",
        "lang_answer": "the same in the answer",
        "judge": "the judge's model",
        "analysis": "the judge's analysis",
    },
    rejects={
        "seed/no_question": "the seed holds no question",
        "seed/bad_messages": "messages is no list of turns",
        "solve/truncated": "the reply ran out of tokens (think/ and answer/ with two_step)",
        "solve/refused": "the provider withheld it",
        "solve/empty": "no answer after the thinking",
        "solve/tag_damage": "thinking and answer cannot be told apart",
        "answer/call_failed": "two_step: the second call failed for good",
        "format/no_thinking": "no thinking, and `require_thinking` is on",
        "format/long_paragraph": "a paragraph of the thinking is longer than `max_paragraph_chars`",
        "format/code_block": "code in the thinking, and `allow_code` is off",
        "language/language_mixing": "too little of the question's language",
        "answer/no_answer": "no final answer can be extracted",
        "answer/wrong_answer": "another answer than the gold one: expected, got",
        "judge/judged_wrong": "the judge says incorrect",
        "judge/unreadable_verdict": "the judge's reply holds no single verdict",
        "judge/call_failed": "the judge could not be reached",
        "verify/failed": "your own check said no (or its own reason)",
        "keep/over_keep": "right, but `keep` solutions of this question came before it",
    },
)
