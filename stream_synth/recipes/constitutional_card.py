"""The card of `constitutional`."""

from __future__ import annotations

from stream_synth.recipes.shared.card import EXPERT_CHECK, JUDGED_META, META, NO_QUESTION, Card, no_reply, no_verdict
from stream_synth.recipes.shared.question import QUESTION_FIELDS

CONSTITUTIONAL_CARD = Card(
    family="alignment",
    paper="Constitutional AI (arXiv:2212.08073)",
    summary="an answer is criticised by drawn principles and revised; the pair stays when a judge prefers the revision in both orders",
    fields_in=QUESTION_FIELDS,
    one_of=("question", "messages"),
    fields_out={
        "prompt": "the user's turns",
        "response": "the preferred answer",
        "chosen": "the same",
        "rejected": "the other answer: with `pair: revised` the first one",
        "messages": "the whole conversation, the preferred answer last",
    },
    roles={"teacher": "answers, criticises, revises", "judge": "compares two answers by a principle"},
    meta_keys={
        **META,
        "pair": "revised or sampled",
        "principle": "the principles by which something was found, in order; with `sampled` the judge's",
        "critique": "what was found, one for each principle",
        "judge_principle": "the principle that the judge compared by",
        **JUDGED_META,
        "reference": "the seed's own answer",
    },
    rejects={
        **NO_QUESTION,
        **no_reply("answer"),
        **no_reply("critique", "criticism", later=True),
        **no_reply("revise", "revision", later=True),
        "answer/too_few": "`pair: sampled`: no second answer to compare with",
        "critique/unreadable_verdict": "the criticism does not say whether there is an issue",
        "critique/no_issue": "no principle found an issue: no pair",
        "revise/unchanged": "the last revision says what the first answer said (with `sampled`: both answers are the same)",
        "compare/lengths_differ": "one of the two is more than `max_length_ratio` times as long",
        "compare/prefers_original": "in both orders the judge prefers the first answer",
        "compare/order_dependent": "the judge's preference changes with the order",
        **no_verdict("compare"),
        **EXPERT_CHECK,
    },
)
