"""The card of `tool_maker`."""

from __future__ import annotations

from stream_synth.recipes.shared.card import EXPERT_CHECK, META, Card, no_reply

TOOL_MAKER_CARD = Card(
    family="tools",
    paper="Large Language Models as Tool Makers (arXiv:2305.17126)",
    summary="from a few problems of one kind a tested function with a guide to its use; a cheaper model then only writes calls",
    fields_in={
        "demos": "problems of one kind as {question, answer}, at least `demos` of them",
        "validation": "further {question, answer}: the tests that the function has to pass",
        "questions": "optional: {question, answer} to be solved with the tool; without an answer any call that runs is kept",
        "lang": "optional: zh, en; else that of the demonstrations",
    },
    one_of=("demos",),
    fields_out={
        "prompt": "the demonstrations and what is wanted; of a call: the guide and the question",
        "response": "the guide with the function; of a call: the call",
        "messages": "the same as a conversation",
    },
    roles={"teacher": "makes, tests and explains the tool", "student": "the cheaper model: turns questions into calls"},
    needs=("tool", "gold answer"),
    meta_keys={
        **META,
        "kind": "tool or call",
        "code": "the tool; of a call: the call",
        "tests": "of a tool: its tests on the validation problems",
        "tries": "of a tool: replies until function and tests ran",
        "tool": "of a call: digest of the tool",
        "gold": "of a call: the answer that was compared with",
        "got": "of a call: what it gave",
    },
    rejects={
        "seed/too_few_demos": "fewer demonstrations than `demos`, or nothing to validate with",
        **no_reply("make", "function", later=True),
        "make/failed": "no function that runs after `tries` replies",
        **no_reply("calls", "list of tests", later=True),
        "calls/failed": "the tests do not pass, or leave problems out, after `tries` replies",
        **no_reply("wrap", "guide", later=True),
        "wrap/changed": "the guide shows another function than the one that was tested",
        **no_reply("use", "call"),
        "use/no_code": "no Python block",
        "use/failed": "the call does not run, or leaves no `answer`",
        "use/wrong_answer": "another answer than the question's",
        **EXPERT_CHECK,
    },
)
