"""The card of `unit_tests`."""

from __future__ import annotations

from stream_synth.recipes.shared.card import EXPERT_CHECK, META, NO_QUESTION, Card, no_reply
from stream_synth.recipes.shared.programs import CODE_META, FAILED, no_program
from stream_synth.recipes.shared.tested_task import TASK_FIELDS

UNIT_TESTS_CARD = Card(
    family="tools",
    paper="AlphaCode (arXiv:2203.07814); two-phase vetting of tests as in DeepSeek-R1 (doi:10.1038/s41586-025-09422-z)",
    summary="code that passes its tests in the sandbox, given or written and vetted; one solution for each behaviour",
    fields_in={
        **TASK_FIELDS,
        "tests": f"optional: {TASK_FIELDS['tests']}; without them the model writes some",
        "solution": "optional: one right program or several; model-written tests must pass them",
        "wrong": "optional: wrong programs; a model-written test must catch one, or a mutant of the right one",
    },
    one_of=("question", "messages"),
    fields_out={
        "prompt": "the task with its first test",
        "response": "the reply: idea and program",
        "reasoning": "the model's thinking, where it shows any",
        "messages": "the whole conversation, the reply last",
    },
    roles={"teacher": "writes tests, inputs and solutions"},
    needs=("tool",),
    meta_keys={
        **META,
        **CODE_META,
        "tests_by": "seed or model",
        "vetted_by": "what stood for right programs: the seed's solution, agreement of solutions, or nothing",
        "tests_dropped": "model-written tests that went: wrong (a right program fails them), weak (no wrong one does)",
        "pass_matrix": "slot of each solution -> 1 or 0 for each test",
        "inputs": "generated inputs on which the solutions were compared",
        "cluster": "slots of the solutions that behave like this one",
    },
    rejects={
        **NO_QUESTION,
        **no_reply("tests", "list of tests"),
        "tests/invalid": "the model says that no test can compare results of this task",
        "tests/no_tests": "no assertion that calls a function",
        "tests/no_agreement": "no two solutions behave the same, so nothing tells right tests from wrong ones",
        "tests/too_few": "fewer than `min_tests` tests survive vetting",
        **no_program("solve"),
        **FAILED,
        "cluster/same_behaviour": "an earlier solution passes the same tests and treats every generated input alike",
        **EXPERT_CHECK,
    },
)
