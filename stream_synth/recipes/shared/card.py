"""What a method says of itself: where it comes from, what goes in, what comes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, TypeAlias

Family: TypeAlias = Literal[
    "distillation", "instructions", "textbooks", "maths with gold answers", "self-evolution", "tools", "alignment", "programs"
]
Need: TypeAlias = Literal["gold answer", "stronger model", "tool", "raw completions", "training between rounds", "documents"]


@dataclass(frozen=True, slots=True)
class Card:
    """A recipe's card. `stream-synth recipes` prints it; the configuration is checked against `one_of`.

    `meta_keys` lists every key that the recipe writes into `Sample.meta`; a test holds it to that.
    """

    family: Family
    paper: str
    summary: str
    fields_in: Mapping[str, str]  # seed field -> what it holds
    fields_out: Mapping[str, str]  # Sample field -> what the recipe puts there
    meta_keys: Mapping[str, str]
    roles: Mapping[str, str] = field(default_factory=dict)  # endpoint role -> what it does; empty: no model
    needs: tuple[Need, ...] = ()
    one_of: tuple[str, ...] = ()  # at least one of these seed fields must be mapped
    rejects: Mapping[str, str] = field(default_factory=dict)  # "step/reason" -> what was wrong
    source: Mapping[str, str] = field(default_factory=dict)  # of a starter, as written in YAML, where a file of questions is not it

    def as_json(self) -> dict[str, Any]:
        """For `recipes --json`."""
        return asdict(self)


# What every row that a model answered carries in `meta`.
META = {
    "prompt_hash": "digest of the prompts used",
    "origin": "recipe and prompt digest; the engine adds source, licence, hosts",
    "format_reward": "0 to 1: thinking opened, closed, not empty, answer given",
    "tag_findings": "what was amiss with the thinking tags, where something was",
}
JUDGED_META = {"judge": "the judge's model", "analysis": "its reasons"}
GOLD_META = {
    "gold": "the answer that was compared with",
    "got": "the final answer that was found",
    "answer_how": "how it was found: boxed, hashes, stated, whole, last_number (a guess)",
    "equal_by": "algebra, where computer algebra and not a rule found it equal",
}
NO_QUESTION = {"seed/no_question": "the seed holds no question", "seed/bad_messages": "messages is no list of turns"}
WRONG_ANSWER = {"answer/no_answer": "no final answer can be extracted", "answer/wrong_answer": "another answer than the gold one"}
CALCULATOR = {"calculator/miscalculated": "`calculator: true` and a calculation in the solution is wrong: which, and its value"}
EXPERT_CHECK = {"verify/failed": "your own check said no (or its own reason)"}


def no_reply(step: str, name: str = "answer", *, later: bool = False) -> dict[str, str]:
    """The reasons why a reply of this step is no candidate; `later`: also that the call itself failed, after others were paid."""
    reasons = {
        "truncated": f"the {name} ran out of tokens",
        "refused": f"the provider withheld the {name}",
        "empty": f"the {name} is nothing but space, or thinking alone",
        "tag_damage": f"thinking and {name} cannot be told apart",
    }
    if later:
        reasons["call_failed"] = "the call failed for good"
    return {f"{step}/{reason}": what for reason, what in reasons.items()}


def no_verdict(step: str, kind: str = "verdict") -> dict[str, str]:
    """The reasons why a judge's reply of this step says nothing."""
    return {
        f"{step}/unreadable_{kind}": f"the judge's reply holds no single {kind}",
        f"{step}/call_failed": "the judge could not be reached",
    }
