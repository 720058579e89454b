"""The card of `preference`."""

from __future__ import annotations

from stream_synth.recipes.shared.card import EXPERT_CHECK, JUDGED_META, META, NO_QUESTION, Card, no_reply
from stream_synth.recipes.shared.question import QUESTION_FIELDS

PREFERENCE_CARD = Card(
    family="alignment",
    paper="preference pairs by a judge, as for DeepSeek-R1's helpful reward model (arXiv:2501.12948)",
    summary="several answers to each question, rated by a judge in changing order; a pair only where the margin is clear",
    fields_in=QUESTION_FIELDS,
    one_of=("question", "messages"),
    fields_out={
        "prompt": "the user's turns",
        "response": "the better answer",
        "chosen": "the same",
        "rejected": "the worse answer",
        "score": "the better one's mean rating",
        "messages": "the whole conversation, the better answer last",
    },
    roles={"teacher": "answers; several weighted models give answers that differ more", "judge": "rates the answers side by side"},
    meta_keys={
        **META,
        "ratings": "mean rating of each answer, in the order they were made",
        "margin": "chosen's mean rating less rejected's",
        "chosen_model": "who gave the better answer",
        "rejected_model": "who gave the worse one",
        **JUDGED_META,
        "reference": "the seed's own answer",
    },
    rejects={
        **NO_QUESTION,
        **no_reply("answer"),
        "answer/too_few": "fewer than two different whole answers",
        "judge/unreadable_scores": "a reply of the judge does not rate every answer once, from 1 to 10",
        "judge/call_failed": "the judge could not be reached",
        "pair/no_margin": "no two answers are more than `margin` apart",
        "pair/lengths_differ": "those that are differ in length by more than `max_length_ratio`",
        **EXPERT_CHECK,
    },
)
