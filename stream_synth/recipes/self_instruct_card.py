"""The card of `self_instruct`."""

from __future__ import annotations

from stream_synth.recipes.shared.card import EXPERT_CHECK, META, Card, no_reply, no_verdict
from stream_synth.recipes.shared.instructing import TASK_FIELDS, TASK_META, TASK_REJECTS

SELF_INSTRUCT_CARD = Card(
    family="instructions",
    paper="Self-Instruct (arXiv:2212.10560)",
    summary="continues a list of tasks (6 of people, 2 of its own), tells classification from other tasks, writes up to 5 instances each",
    fields_in=TASK_FIELDS,
    one_of=("examples",),
    source={"kind": "pool", "path": "seed_tasks.jsonl", "examples": "8", "count": "100"},
    fields_out={"prompt": "the instruction and its input", "response": "the output; a label for classification", "messages": "both"},
    roles={"teacher": "makes up tasks and their instances"},
    meta_keys={**META, **TASK_META},
    rejects={
        **TASK_REJECTS,
        **no_reply("tasks", "list"),
        **no_verdict("kind"),
        **no_reply("instances", "list of instances", later=True),
        "instances/none": "the reply holds no instance in the form that was asked for",
        "instances/contradictory": "one input of the task has two outputs: all its instances go",
        "instances/repeated": "the same instance again",
        **EXPERT_CHECK,
    },
)
