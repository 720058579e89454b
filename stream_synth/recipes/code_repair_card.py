"""The card of `code_repair`."""

from __future__ import annotations

from stream_synth.recipes.shared.card import EXPERT_CHECK, META, NO_QUESTION, Card, no_reply
from stream_synth.recipes.shared.programs import CODE_META, FAILED, no_program
from stream_synth.recipes.shared.tested_task import TASK_FIELDS

CODE_REPAIR_CARD = Card(
    family="tools",
    paper=(
        "interact: InterCode (arXiv:2306.14898); reflect: Reflexion (arXiv:2303.11366); trace: NExT (arXiv:2404.14662); "
        "faster: PIE (arXiv:2302.07867)"
    ),
    summary="programs mended by running them: told what failed turn by turn, after reflections, by a trace; or made faster",
    fields_in={
        **TASK_FIELDS,
        "code": "a program: wrong for `trace`, right for `faster`; optional and wrong for `interact`",
    },
    one_of=("question", "messages"),
    fields_out={
        "prompt": "the task, with the given program (and its trace) where there is one",
        "response": "the last reply: what was wrong or slow, and the program",
        "reasoning": "the model's thinking for it, where it shows any",
        "messages": "the whole way: programs, what the tests said, reflections",
    },
    roles={"teacher": "writes, reflects and mends"},
    needs=("tool",),
    meta_keys={
        **META,
        **CODE_META,
        "mode": "interact, reflect, trace or faster",
        "turns": "interact, reflect: programs written",
        "rewards": "interact, reflect: share of tests that each program passed",
        "reflections": "reflect: the reflections in order",
        "own_tests": "reflect: the model's own tests",
        "seconds_before": "faster: of the given program, all tests together, median of `rounds` runs",
        "seconds_after": "faster: of the new one",
    },
    rejects={
        **NO_QUESTION,
        "seed/no_tests": "interact, trace, faster: the seed brings no tests",
        "seed/no_program": "trace, faster: the seed's `code` is no Python program",
        "seed/not_wrong": "interact, trace: the given program passes all tests",
        "seed/fails_tests": "faster: the given program fails a test",
        "seed/no_trace": "trace: no line of the program is executed",
        "seed/whole_program": "reflect: tests by input and output, where assertions have to call a function",
        **no_reply("tests", "list of own tests"),
        "tests/invalid": "reflect: the model says that no test can compare results of this task",
        "tests/no_tests": "reflect: no assertion that calls the function",
        **no_program("solve"),
        "solve/call_failed": "a later call failed for good",
        "solve/no_rationale": "trace: code alone, no word about what was wrong",
        **no_reply("reflect", "reflection", later=True),
        **FAILED,
        "speed/not_faster": "faster: less than `min_gain` of the time is saved",
        **EXPERT_CHECK,
    },
)
