"""The card of `evol_instruct`."""

from __future__ import annotations

from stream_synth.recipes.shared.card import EXPERT_CHECK, META, Card, no_reply, no_verdict
from stream_synth.recipes.shared.question import QUESTION_FIELDS

EVOL_CARD = Card(
    family="instructions",
    paper="Evol-Instruct, WizardLM (arXiv:2304.12244), WizardCoder (2306.08568), WizardMath (2308.09583)",
    summary="tasks made harder round by round (general ones, programs, maths problems) and answered; failed rounds are eliminated",
    fields_in={name: holds for name, holds in QUESTION_FIELDS.items() if name != "messages"},
    one_of=("question",),
    fields_out={
        "prompt": "the evolved task (instruction)",
        "response": "the answer (output)",
        "reasoning": "the answerer's thinking, where it shows any",
        "messages": "the whole conversation, the answer last",
    },
    roles={"teacher": "evolves and answers", "judge": "finds evolutions that changed nothing; rates difficulty"},
    meta_keys={
        **META,
        "op": "what was done: constraints, deepen, concretize, reasoning, complicate_input, breadth, code_... or maths_...",
        "round": "from 1",
        "parent": "the task that this one was made from",
        "added_words": "by an evolution in depth; Chinese characters at 1.4 to the word",
        "difficulty": "1 to 10, by the judge; absent when it gave no readable score",
        "parent_difficulty": "the same of the parent",
    },
    rejects={
        "seed/no_question": "the seed holds no task",
        **no_reply("evolve", "new task", later=True),
        "evolve/role_words": "words of the evolving prompt stand in the new task",
        "evolve/words_added": "fewer or more words were added than `words_added` allows",
        "equal/copied": "the new task is the old one",
        "equal/equal": "the judge says: same requirements, depth and breadth",
        **no_verdict("equal"),
        **no_reply("answer", later=True),
        "answer/invalid": "the answerer says that the task cannot be answered",
        "answer/sorry": "an apology of less than 80 words",
        "answer/stop_words": "punctuation and stop words alone",
        **EXPERT_CHECK,
    },
)
