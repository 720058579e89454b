"""The format reward: did the reply think first and answer then."""

from __future__ import annotations

from stream_synth.verify.thinking import Split

_OPENING = frozenset({"missing_open", "text_before_think", "nested", "several_blocks", "tag_in_field"})
_CLOSING = frozenset({"missing_close", "stray_close", "answer_in_think", "tag_in_code"})


def format_reward(split: Split, *, opened_by_template: bool = False) -> float:
    """0 to 1: a quarter each for thinking opened well, closed well, not empty, and an answer after it.

    The four quarters are Open-R1's tag count reward; a damaged reply earns nothing. `opened_by_template` forgives a missing
    opening tag: many chat templates write it into the prompt.
    """
    if split.damaged:
        return 0.0
    findings = set(split.findings) - ({"missing_open"} if opened_by_template else set())
    thinking, answer = bool(split.reasoning), bool(split.answer)
    return 0.25 * (thinking and not findings & _OPENING) + 0.25 * (thinking and not findings & _CLOSING) + 0.25 * thinking + 0.25 * answer
