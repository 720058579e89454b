from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from stream_synth.errors import ChatError, ConfigError
from stream_synth.recipes.lean_proof import LeanProof
from stream_synth.recipes.shared.scripted import ScriptedAsk, try_recipe
from stream_synth.values import Completion, Rejected, Sample
from stream_synth.verify.proofs import Check, Checker, Statement
from stream_synth.verify.sandbox import protections
from tests.recipes.solutions import BROKEN, fates

DATABASE = str(Path(__file__).parents[2] / "configs/data/propositional.mm")
PROBLEMS = [("zh", {"question": "已知甲，证明乙。"}), ("en", {"question": "Given A, show B."})]
LOST = ChatError("server_error", "500")
GOOD = {"zh": "原意都在。\n结论：中上", "en": "All there.\nVerdict: above average"}


@dataclass(frozen=True)
class Oracle:
    """A language of its own: `given / goal`; a proof names what it proves."""

    name: str = "lean"
    context: str = ""

    def read(self, text: str) -> Statement | None:
        """A slash makes a statement."""
        given, slash, goal = text.partition(" / ")
        return Statement(given, goal) if slash else None

    def negated(self, statement: Statement) -> Statement:
        """In a word."""
        return Statement(statement.given, f"not {statement.goal}")

    def absurd(self, statement: Statement) -> Statement:
        """By name."""
        return Statement(statement.given, "falsehood")

    def write(self, statement: Statement, proof: str | None = None) -> str:
        """On one line."""
        return f"{statement.given} / {statement.goal}" + (f" by {proof}" if proof else "")

    def proof_in(self, text: str) -> str:
        """All of it."""
        return text.strip()

    async def check(self, statement: Statement, proof: str | None = None) -> Check:
        """By name; ??? cannot be read."""
        if proof is None:
            return Check("wrong", "cannot be read") if "???" in statement.goal else Check("well_formed")
        return Check("proved") if proof == f"so {statement.goal}" else Check("wrong", "it does not follow")


@dataclass(frozen=True, kw_only=True)
class Consulting(LeanProof):
    """The recipe with that checker."""

    def judge(self) -> Checker:
        """An oracle."""
        return Oracle()


def script(lang: str = "en", **more: Any) -> dict[str, Any]:
    """Every step of one formalisation whose second try closes it."""
    said = {"formalise": "A / B", "grade": GOOD[lang], "absurd": "hm", "statement": ["hm", "so B"], "negation": "hm"} | more
    return {name if name in {"formalise", "grade"} else f"formal/0/{name}": reply for name, reply in said.items()}


async def tried(fields: dict[str, Any], said: dict[str, Any], **options: Any) -> Sequence[Sample | Rejected]:
    return await try_recipe(Consulting(**{"attempts": 2} | options), fields, said)


@pytest.mark.parametrize(("lang", "fields"), PROBLEMS)
async def test_a_proof_that_the_checker_accepts_is_a_row(lang: str, fields: dict[str, Any]) -> None:
    """Statement, proof, checker and attempts in meta; the prompt is what the prover was asked."""
    (row,) = await tried(fields, script(lang))

    assert isinstance(row, Sample)
    assert (row.lang, row.meta["grade"], row.meta["side"], row.meta["attempts"]) == (lang, "above average", "statement", 2)
    assert (row.meta["statement"], row.meta["proof"], row.meta["checker"], row.meta["problem"]) == (
        "A / B",
        "so B",
        "lean",
        fields["question"],
    )
    assert row.response == "```lean\nA / B by so B\n```"
    assert "A / B" in row.prompt
    assert [turn["role"] for turn in row.messages] == ["user", "assistant"]
    assert set(row.meta) <= set(LeanProof.card.meta_keys)


async def test_every_call_is_charged_to_the_row() -> None:
    """Formalisation, grade, tries that failed, on both sides."""
    ask = ScriptedAsk(script())

    (row,) = await try_recipe(Consulting(attempts=2, absurd_attempts=2), PROBLEMS[1][1], ask)

    assert isinstance(row, Sample)
    assert len(ask.asked) == 8
    said = [request.messages[-1]["content"] for _, _, _, request in ask.asked]
    assert row.prompt_tokens == sum(len(one) // 4 + 1 for one in said)


async def test_a_negation_that_closes_ends_the_search() -> None:
    """And is the theorem of the row."""
    ask = ScriptedAsk(script(negation="so not B", statement="hm"))

    (row,) = await try_recipe(Consulting(attempts=5), PROBLEMS[1][1], ask)

    assert isinstance(row, Sample)
    assert (row.meta["side"], row.meta["statement"], row.meta["attempts"]) == ("negation", "A / not B", 1)
    assert sum(step.endswith("/statement") for step, *_ in ask.asked) == 1


async def test_with_nothing_given_nothing_can_contradict_itself() -> None:
    """No call is paid for it."""
    ask = ScriptedAsk(script(formalise=" / B"))

    await try_recipe(Consulting(attempts=2), PROBLEMS[1][1], ask)

    assert not any(step.endswith("absurd") for step, *_ in ask.asked)


async def test_a_known_answer_becomes_part_of_the_problem() -> None:
    """The one that formalises, and the judge, see it."""
    ask = ScriptedAsk(script())

    await try_recipe(Consulting(attempts=2), {"question": "How many?", "answer": "42"}, ask)

    assert all("42" in request.messages[-1]["content"] for step, *_, request in ask.asked if step in {"formalise", "grade"})


@pytest.mark.parametrize(
    ("changed", "fate"),
    [
        ({"formalise": "INVALID"}, "formalise/invalid"),
        ({"formalise": "A and B"}, "formalise/unreadable"),
        ({"formalise": "A / ???"}, "formalise/ill_formed"),
        ({"grade": "Nearly."}, "grade/unreadable_verdict"),
        ({"grade": "Verdict: fair"}, "grade/fair"),
        ({"grade": "结论：差"}, "grade/poor"),
        ({"grade": LOST}, "grade/call_failed"),
        ({"absurd": ["hm", "so falsehood"]}, "absurd/inconsistent"),
        ({"absurd": LOST}, "absurd/call_failed"),
        ({"statement": "so B", "negation": "so not B"}, "absurd/inconsistent"),
        ({"statement": "hm"}, "prove/open"),
        ({"statement": Completion("so B", finish_reason="length")}, "prove/open"),
        ({"statement": "<think>so B"}, "prove/open"),
        ({"statement": LOST, "negation": LOST}, "prove/call_failed"),
        ({"negation": LOST}, "accepted"),
    ],
)
async def test_each_step_has_its_own_reason(changed: dict[str, Any], fate: str) -> None:
    """And a call that fails on one side only ends nothing."""
    rows = await tried(PROBLEMS[1][1], script(**changed))

    assert fates(rows) == [fate]


@pytest.mark.parametrize(("reply", "reason"), BROKEN)
async def test_a_formalisation_that_is_no_whole_reply_is_rejected(reply: Any, reason: str) -> None:
    """With its tokens."""
    assert fates(await tried(PROBLEMS[0][1], script(formalise=reply))) == [f"formalise/{reason}"]


@pytest.mark.parametrize("options", [{"attempts": 0}, {"absurd_attempts": -1}])
def test_options_that_make_no_sense_are_refused(options: dict[str, Any]) -> None:
    """With what to write."""
    with pytest.raises(ConfigError, match="give at least"):
        LeanProof(**options)


@pytest.mark.skipif(shutil.which("metamath") is None, reason="the program metamath is not installed: no proof was checked")
async def test_metamath_judges_for_real() -> None:
    """A wrong proof first, then a right one; the negation never."""
    recipe = LeanProof(checker="metamath", database=DATABASE, attempts=2, memory_mb=512, allow_unprotected=not protections().isolated)
    formal = "```metamath\nh1 $e |- ph $.\nh2 $e |- ( ph -> ps ) $.\nt $p |- ps $.\n```"
    said = script(formalise=formal, absurd="wph h1", statement=["wph h1 h2 ax-mp", "```\nwph wps h1 h2 ax-mp\n```"], negation="ax-fal")

    (row,) = await try_recipe(recipe, PROBLEMS[0][1], said)

    assert isinstance(row, Sample)
    assert (row.meta["proof"], row.meta["attempts"]) == ("wph wps h1 h2 ax-mp", 2)
    assert "ax-mp $a |- ps $." in row.prompt
    assert row.response.endswith("x-goal $p |- ps $= wph wps h1 h2 ax-mp $.\n```")
