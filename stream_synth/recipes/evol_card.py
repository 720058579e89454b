"""The card of `evol_instruct`."""

from __future__ import annotations

from stream_synth.recipes.card import Card
from stream_synth.recipes.question import QUESTION_FIELDS

EVOL_CARD = Card(
    family="instructions",
    paper="Evol-Instruct, WizardLM (arXiv:2304.12244)",
    summary="tasks made harder round by round, five ways in depth and one in breadth, each answered; failed rounds are eliminated",
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
        "prompt_hash": "digest of the prompts used",
        "origin": "recipe and prompt digest; the engine adds source, licence, hosts",
        "op": "constraints, deepen, concretize, reasoning, complicate_input or breadth",
        "round": "from 1",
        "parent": "the task that this one was made from",
        "difficulty": "1 to 10, by the judge; absent when it gave no readable score",
        "parent_difficulty": "the same of the parent",
        "format_reward": "0 to 1: thinking opened, closed, not empty, answer given",
        "tag_findings": "what was amiss with the thinking tags, where something was",
    },
    rejects={
        "seed/no_question": "the seed holds no task",
        "evolve/truncated": "the new task ran out of tokens",
        "evolve/refused": "the provider withheld it",
        "evolve/empty": "nothing but space, or thinking alone",
        "evolve/tag_damage": "thinking and task cannot be told apart",
        "evolve/call_failed": "the call of a later round failed for good",
        "evolve/role_words": "words of the evolving prompt stand in the new task",
        "equal/copied": "the new task is the old one",
        "equal/equal": "the judge says: same requirements, depth and breadth",
        "equal/unreadable_verdict": "the judge's reply holds no single verdict",
        "equal/call_failed": "the judge could not be reached",
        "answer/truncated": "the answer ran out of tokens",
        "answer/refused": "the provider withheld it",
        "answer/empty": "nothing but space, or thinking alone",
        "answer/tag_damage": "thinking and answer cannot be told apart",
        "answer/call_failed": "the answering call failed for good",
        "answer/invalid": "the answerer says that the task cannot be answered",
        "answer/sorry": "an apology of less than 80 words",
        "answer/stop_words": "punctuation and stop words alone",
        "verify/failed": "your own check said no (or its own reason)",
    },
)
