from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from stream_synth.errors import ConfigError
from stream_synth.verify.proofs import Lean, Statement
from stream_synth.verify.proofs.lean import judged
from stream_synth.verify.sandbox import Sandbox, protections

LEAN = Lean(Path("/lean"), (Path("/m/one"), Path("/m/two")), "import Mathlib", Sandbox(allow_unprotected=not protections().isolated))
SQUARES = Statement("(x : ℝ) (h : x > 2)", "x ^ 2 > 4")
needs_lean = pytest.mark.skipif(shutil.which("lean") is None, reason="the program lean is not installed: no proof was checked")


def printed(*messages: tuple[str, int, str]) -> str:
    """Lean's messages as `lean --json` writes them."""
    return "\n".join(json.dumps({"severity": kind, "pos": {"line": line, "column": 0}, "data": said}) for kind, line, said in messages)


@pytest.mark.parametrize(
    ("text", "statement"),
    [
        ("theorem t (x : ℝ) (h : x > 2) : x ^ 2 > 4 := by sorry", SQUARES),
        ("好的：\n```lean\nimport Mathlib\nopen Real\ntheorem t (x : ℝ) (h : x > 2) : x ^ 2 > 4 := by\n  sorry\n```", SQUARES),
        ("theorem t : ∀ n : ℕ, n + 0 = n", Statement("", "∀ n : ℕ, n + 0 = n")),
        ("theorem t {a b : ℕ}\n  (h : a ∣ b) :\n  a ≤ b := sorry", Statement("{a b : ℕ}\n  (h : a ∣ b)", "a ≤ b")),
        ("def t := 1", None),
        ("axiom t : False", None),
        ("theorem t : True := by trivial\naxiom u : False", None),
        ("theorem t (x : ℕ) := by sorry", None),
        ("theorem t : ", None),
        ("x = 1", None),
    ],
)
def test_a_statement_is_one_theorem(text: str, statement: Statement | None) -> None:
    """Binders and goal, whichever way it ends; nothing else comes with it."""
    assert LEAN.read(text) == statement


def test_the_goal_can_be_denied_or_made_absurd() -> None:
    """What is given stays."""
    assert LEAN.negated(SQUARES) == Statement(SQUARES.given, "¬ (x ^ 2 > 4)")
    assert LEAN.absurd(SQUARES) == Statement(SQUARES.given, "False")


def test_a_theorem_is_written_with_its_proof_indented() -> None:
    """As Lean reads it."""
    assert LEAN.write(SQUARES, "nlinarith") == "theorem goal_to_prove (x : ℝ) (h : x > 2) : x ^ 2 > 4 := by\n  nlinarith"


def test_the_command_line_asks_for_messages_as_json() -> None:
    """With the project's libraries and the toolchain's own program."""
    assert LEAN.command() == ("/usr/bin/env", "LEAN_PATH=/m/one:/m/two", "/lean/bin/lean", "--json", "proof.lean")


@pytest.mark.parametrize(
    "proof", ["sorry", "simp\naxiom cheat : False", "#eval 1", "set_option debug.skipKernelTC true in simp", "", "macro x"]
)
async def test_a_proof_with_a_way_round_is_not_run(proof: str) -> None:
    """A gap, an axiom, a command, a switch."""
    check = await LEAN.check(SQUARES, proof)

    assert check.outcome == "forbidden"


@pytest.mark.parametrize(
    ("messages", "outcome"),
    [
        ([("info", 9, "'goal_to_prove' does not depend on any axioms")], "proved"),
        ([("info", 9, "'goal_to_prove' depends on axioms: [propext,\n Classical.choice, Quot.sound]")], "proved"),
        ([("warning", 3, "unused variable"), ("info", 9, "'goal_to_prove' does not depend on any axioms")], "proved"),
        ([("info", 9, "'goal_to_prove' depends on axioms: [sorryAx]")], "incomplete"),
        ([("info", 9, "'goal_to_prove' depends on axioms: [Lean.ofReduceBool]")], "wrong"),
        ([("error", 4, "unsolved goals"), ("info", 9, "'goal_to_prove' depends on axioms: [sorryAx]")], "wrong"),
        ([("info", 4, "'goal_to_prove' does not depend on any axioms")], "wrong"),  # printed by the proof, not for our question
        ([], "wrong"),
    ],
)
def test_messages_are_read(messages: list[Any], outcome: str) -> None:
    """Proved only without errors, and on the three axioms at most."""
    assert judged(printed(*messages), last_line=9, gap=False).outcome == outcome


def test_a_statement_alone_may_hold_its_gap() -> None:
    """`sorry` stands where the proof will; an error does not."""
    assert judged(printed(("info", 9, "'goal_to_prove' depends on axioms: [sorryAx]")), last_line=9, gap=True).outcome == "well_formed"
    assert judged(printed(("error", 3, "unknown identifier")), last_line=9, gap=True).outcome == "wrong"


@pytest.mark.skipif(shutil.which("lean") is not None, reason="lean is installed")
def test_without_lean_it_says_so() -> None:
    """Before anything is paid for."""
    with pytest.raises(ConfigError, match="lean is not installed"):
        Lean.installed("", 5, 512)


@needs_lean
async def test_proofs_are_checked_for_real() -> None:
    """Without Mathlib: a true equation, and a false one."""
    lean = Lean.installed("", 60, 8192, allow_unprotected=not protections().isolated)

    right, wrong = [await lean.check(Statement("", goal), "decide") for goal in ("2 + 2 = 4", "2 + 2 = 5")]

    assert (right.outcome, wrong.outcome) == ("proved", "wrong")
