"""The card of `wavecoder`."""

from __future__ import annotations

from stream_synth.recipes.shared.card import EXPERT_CHECK, JUDGED_META, META, Card, no_reply, no_verdict

WAVECODER_CARD = Card(
    family="textbooks",
    paper="WaveCoder: CodeSeaXDataset (arXiv:2312.14187)",
    summary="tasks of four kinds from code, checked rule by rule; good and bad cases go into the next prompts",
    fields_in={
        "code": "a piece of code, 50 to 800 characters",
        "language": "optional: its programming language; python",
        "lang": "optional: language of the task, before the option `tasks_in`",
    },
    one_of=("code",),
    fields_out={"prompt": "instruction and information", "response": "the solution"},
    roles={"teacher": "the generator", "judge": "the discriminator"},
    meta_keys={
        **META,
        **JUDGED_META,
        "kind": "summarise, write, translate or repair",
        "task_name": "the task's name",
        "instruction": "what is to be done",
        "information": "what it works on",
        "code": "the code it was made of",
        "good_cases": "ids of the good cases that were shown",
        "bad_cases": "ids of the bad ones",
    },
    rejects={
        "seed/no_code": "the seed holds no code",
        "seed/too_short": "fewer characters than `min_chars`",
        "seed/too_long": "more than `max_chars`",
        "seed/blacklisted": "a word of `blacklist`",
        **no_reply("generate", "task"),
        "generate/invalid": "the generator finds no good task of this kind",
        "generate/unreadable": "not the four headings, each once, with an instruction and a solution",
        **no_verdict("discriminate"),
        "discriminate/bad": "a rule does not hold; the evidence says which",
        **EXPERT_CHECK,
    },
)
