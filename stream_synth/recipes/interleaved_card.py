"""The card of `interleaved_code`."""

from __future__ import annotations

from stream_synth.recipes.shared.card import Card, no_reply
from stream_synth.recipes.shared.computing import RUN_REJECTS
from stream_synth.recipes.shared.lce import LCE_META
from stream_synth.recipes.shared.solving import GOLD_FIELDS, GOLD_REJECTS, SOLVED_META
from stream_synth.recipes.star import HINT_REJECTS

INTERLEAVED_CARD = Card(
    family="maths with gold answers",
    paper="MathCoder (arXiv:2310.03731); OpenMathInstruct-1 (arXiv:2402.10176)",
    summary="solutions that go on from what their own code printed; those that end in the gold answer, or of which all agree",
    fields_in={
        **GOLD_FIELDS,
        "solution": "`masked: true`: the reference solution (else the one in `answer`)",
        "harder": "`problems: interpolated`: a problem harder than `question`; no answer is needed then",
    },
    one_of=("question", "messages"),
    fields_out={"prompt": "the problem", "response": "text, ```python and ```output blocks, the answer in \\boxed{}"},
    roles={"teacher": "writes text and code, and new problems"},
    needs=("gold answer", "tool"),
    meta_keys={
        **SOLVED_META,
        **LCE_META,
        "generation_type": "masked_reference_solution, without_reference_solution or interpolated",
        "is_correct": "whether the answer is right (of rejected rows too: they serve verifiers and pairs)",
        "between": "interpolated: the two problems it lies between",
    },
    rejects={
        **GOLD_REJECTS,
        "seed/no_second_problem": "interpolated: the seed holds no `harder`",
        **no_reply("interpolate", "new problem"),
        "interpolate/invalid": "the model cannot bring the two together",
        "interpolate/copied": "one of the two again",
        **no_reply("solve", "solution", later=True),
        "solve/too_many_blocks": "no end after `max_blocks` blocks of code",
        **RUN_REJECTS,
        **HINT_REJECTS,
        "agree/too_few": "interpolated: another solution of this problem came to no answer",
        "agree/disagree": "interpolated: the solutions do not all end in the same answer",
    },
)
