"""Thinking as a chain of named actions, as HuatuoGPT-o1 has it searched."""

from __future__ import annotations

from typing import Any, NamedTuple

THINKING, CONCLUSION, VERIFICATION = "Inner Thinking", "Final Conclusion", "Verification"
_NAMES = {name.lower(): name for name in (THINKING, CONCLUSION, VERIFICATION)}


class Action(NamedTuple):
    """One step: what is done, and what is thought."""

    name: str
    content: str


def read_chain(said: Any) -> tuple[Action, ...] | None:  # noqa: ANN401  # the JSON value of a reply
    """The actions of `{"chain": [{"action": ..., "content": ...}, ...]}` or of the list alone.

    None when one of them is unknown or empty, or the last three are not thinking, conclusion and verification.
    """
    listed = next(iter(said.values())) if isinstance(said, dict) and len(said) == 1 else said
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        return None
    actions = tuple(
        Action(_NAMES.get(str(one.get("action", "")).strip().lower(), ""), str(one.get("content") or "").strip()) for one in listed
    )
    whole = all(one.name and one.content for one in actions)
    return actions if whole and [one.name for one in actions[-3:]] == [THINKING, CONCLUSION, VERIFICATION] else None


def laid_out(chain: tuple[Action, ...]) -> str:
    """The chain as text, a paragraph for each action."""
    return "\n\n".join(f"{one.name}: {one.content}" for one in chain)
