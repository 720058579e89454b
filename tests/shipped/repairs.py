"""What the four cases of `code_repair` share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stream_synth.recipes.code_repair import CodeRepair
from tests.shipped.seeds import UNFIT_QUESTIONS, shipped

_OF = {
    "interact": ("seed/no_tests", "seed/no_program", "seed/not_wrong", "solve/call_failed"),
    "reflect": (
        "seed/whole_program",
        "solve/call_failed",
        *(reason for reason in CodeRepair.card.rejects if reason.startswith("reflect/")),
    ),
    "trace": ("seed/no_tests", "seed/no_program", "seed/not_wrong", "seed/no_trace", "solve/no_rationale", "solve/bad_syntax"),
    "faster": ("seed/no_tests", "seed/no_program", "seed/fails_tests", "speed/not_faster", "solve/bad_syntax"),
}
_ALL = ("seed/no_question", "seed/bad_messages", "verify/", "solve/truncated", "solve/refused", "solve/empty", "solve/tag_damage")
_TESTS = ["assert double(2) == 4", "assert double(0) == 0"]


def of_other_modes(mode: str) -> dict[str, str]:
    """The reasons on the card that this mode does not give."""
    own = (*_OF[mode], *_ALL, "solve/no_code", "tests/failed", *(("tests/",) if mode == "reflect" else ()))
    return {reason: "of another mode" for reason in CodeRepair.card.rejects if not reason.startswith(own)}


RIGHT, WRONG, NO_PROGRAM, NO_FUNCTION = "def double(n):\n    return 2 * n", "def double(n):\n    return n", "def double(n:", "x = 1"


def repairs(column: str = "", unfit: Sequence[str] = ()) -> Sequence[dict[str, Any]]:
    """The shipped tasks, each with the program of this column as `code`; and seeds that cannot be repaired."""
    tasks = [
        {name: row[name] for name in ("question", "tests") if name in row} | ({"code": row[column]} if column in row else {})
        for row in shipped("programs")
    ]
    return [*tasks, *UNFIT_QUESTIONS, *({"question": "Write double(n).", "tests": _TESTS, "code": code} for code in unfit)]
