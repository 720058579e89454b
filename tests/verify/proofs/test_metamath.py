from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from stream_synth.errors import ConfigError
from stream_synth.verify.proofs import Metamath, Statement
from stream_synth.verify.proofs.metamath import judged
from stream_synth.verify.sandbox import Sandbox, protections

DATABASE = Path(__file__).parents[3] / "configs/data/propositional.mm"
ANYWHERE = not protections().isolated
needs_metamath = pytest.mark.skipif(shutil.which("metamath") is None, reason="the program metamath is not installed: no proof was checked")
IDENTITY = Statement("", "|- ( ph -> ph )")
IDENTITY_PROOF = (
    "wph wph wph wi wi wph wph wi wph wph ax-1 wph wph wph wi wph wi wi wph wph wph wi wi wph wph wi wi "
    "wph wph wph wi ax-1 wph wph wph wi wph ax-2 ax-mp ax-mp"
)
DETACHED = Statement("h1 $e |- ph $.\nh2 $e |- ( ph -> ps ) $.", "|- ps")
CONTRARY = Statement("h1 $e |- ph $.\nh2 $e |- -. ph $.", "|- ps")
CONTRARY_PROOF = "wph wfal h1 wfal wn wph wn wi wph wfal wi wph wn wfal wn wph wn wi h2 wph wn wfal wn ax-1 ax-mp wfal wph ax-3 ax-mp ax-mp"


def metamath(time_s: float = 20) -> Metamath:
    return Metamath.installed(str(DATABASE), time_s, 512, allow_unprotected=ANYWHERE)


def unrun() -> Metamath:
    """For what needs no program."""
    return Metamath(DATABASE, Sandbox(allow_unprotected=ANYWHERE))


def test_a_statement_is_read_with_its_hypotheses() -> None:
    """Labels, `$e` and `$d` are kept, spaces and a proof are not."""
    text = "好的：\n```metamath\nh1 $e |-  ph $.\nh2 $e |- ( ph -> ps ) $.\n$d ph ps $.\nmine $p |- ps $= ? $.\n```"

    assert unrun().read(text) == Statement("h1 $e |- ph $.\nh2 $e |- ( ph -> ps ) $.\n$d ph ps $.", "|- ps")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no statement",
        "x $a |- ph $.",
        "x $e |- ph $.",
        "x $a |- F. $. y $p |- ph $.",
        "$c new $. y $p |- ph $.",
        "$[ other.mm $] y $p |- ph $.",
        "y $p |- ph $. z $p |- ph $.",
        "y $p wff ph $.",
        "y $p $.",
        "$( a remark $) y $p |- ph $.",
    ],
)
def test_what_is_no_single_statement_is_not_read(text: str) -> None:
    """No axiom, no symbol and no file comes in with it."""
    assert unrun().read(text) is None


def test_the_goal_can_be_denied_or_made_absurd() -> None:
    """What is given stays."""
    checker = unrun()

    assert checker.negated(DETACHED) == Statement(DETACHED.given, "|- -. ps")
    assert checker.absurd(DETACHED) == Statement(DETACHED.given, "|- F.")


def test_a_short_database_is_shown() -> None:
    """The model sees the axioms it may use."""
    assert "ax-mp $a |- ps $." in unrun().context


@pytest.mark.parametrize("proof", ["x $. evil $a |- F. $.", "$( $)", "", "ax-1 ; rm", "$[ other.mm $]"])
async def test_a_proof_that_is_more_than_labels_is_not_run(proof: str) -> None:
    """It could bring its own axiom."""
    check = await unrun().check(IDENTITY, proof)

    assert check.outcome == "forbidden"


def test_words_that_are_no_verdict_prove_nothing() -> None:
    """An empty output, or one that stops early."""
    assert judged("", gap=False).outcome == "wrong"
    assert judged("No errors were found.\nMM> verify proof x-goal\n", gap=False).outcome == "wrong"


def test_without_a_database_it_says_what_to_name() -> None:
    """Before anything is paid for."""
    with pytest.raises(ConfigError, match=r"propositional\.mm|apt-get install"):
        Metamath.installed("nowhere.mm", 5, 512)


@needs_metamath
@pytest.mark.parametrize(
    ("statement", "proof", "outcome"),
    [
        (IDENTITY, IDENTITY_PROOF, "proved"),
        (IDENTITY, f"```metamath\nx-goal $p |- ( ph -> ph ) $= {IDENTITY_PROOF} $.\n```", "proved"),
        (IDENTITY, "( wi ax-1 ax-2 ax-mp ) AAABZBZFAACAFABBGFBAFCAFADEE", "proved"),
        (DETACHED, "wph wps h1 h2 ax-mp", "proved"),
        (Statement(CONTRARY.given, "|- F."), CONTRARY_PROOF, "proved"),
        (Statement("", "|- -. F."), "ax-fal", "proved"),
        (IDENTITY, "wph ax-1", "wrong"),
        (IDENTITY, "no-such-label", "wrong"),
        (IDENTITY, "x-goal", "wrong"),
        (Statement("", "|- F."), "ax-fal", "wrong"),
        (Statement("", "|- F."), "x $. evil $a |- F. $. y $p |- F. $= evil", "wrong"),
        (IDENTITY, "wph ? ax-mp", "incomplete"),
        (IDENTITY, None, "well_formed"),
        (Statement("", "|- no_such_symbol"), None, "wrong"),
        (Statement("ax-1 $e |- ph $.", "|- ph"), None, "wrong"),
    ],
)
async def test_proofs_are_checked_for_real(statement: Statement, proof: str | None, outcome: str) -> None:
    """Normal and compressed proofs; wrong, circular and incomplete ones."""
    check = await metamath().check(statement, proof)

    assert (check.outcome, check.said if outcome == "proved" else "") == (outcome, "")


@needs_metamath
async def test_a_check_that_takes_too_long_is_ended() -> None:
    """By the clock."""
    check = await metamath(time_s=0.001).check(IDENTITY, IDENTITY_PROOF)

    assert check.outcome == "ended"
