"""Proofs that a checker accepts: problems formalised, graded, tried for contradiction, then statement and negation proved side by side."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from functools import lru_cache
from typing import Literal

from stream_synth.errors import ChatError
from stream_synth.protocols import Ask, Tools
from stream_synth.recipes.shared.asking import Asking, Candidates, sound
from stream_synth.recipes.shared.blocks import all_of, together, under
from stream_synth.recipes.shared.eliminations import is_invalid
from stream_synth.recipes.shared.prompts import digest_of, load
from stream_synth.recipes.shared.question import Question, read_question
from stream_synth.recipes.shared.replies import answered, noted, provenance, reply_turn, unanswered
from stream_synth.recipes.shared.saying import prompted
from stream_synth.recipes.shared.verdicts import billed, ruling, spoken
from stream_synth.text.sampling import Spread
from stream_synth.values import Completion, Message, Rejected, Sample, Seed, changed
from stream_synth.verify.proofs import Check, Checker, Lean, Metamath, Statement

# "above average" is read by its first word.
GRADES = {"excellent": "excellent", "good": "good", "above": "above average", "fair": "fair", "poor": "poor"} | {
    "优秀": "excellent",
    "良好": "good",
    "中上": "above average",
    "一般": "fair",
    "差": "poor",
}


@dataclass(frozen=True, kw_only=True)
class LeanProof(Asking):
    """`samples` formalisations per problem; of each one proof at most, of the statement or of its negation."""

    checker: Literal["lean", "metamath"] = field(default="lean", metadata={"help": "the program that judges; it has to be installed"})
    project: str = field(default="", metadata={"help": "lean: folder of a built Lake project with Mathlib; empty: core only", "path": True})
    database: str = field(default="", metadata={"help": "metamath: file of axioms and theorems", "path": True})
    attempts: int = field(
        default=8, metadata={"help": "tries at the statement, and as many at its negation (the paper: up to 64)", "least": 1}
    )
    absurd_attempts: int = field(default=2, metadata={"help": "tries to prove falsehood from the hypotheses; 0: not tried", "least": 0})
    check_s: float = field(default=60.0, metadata={"help": "seconds for each check; importing Mathlib takes some 10 of them"})
    memory_mb: int = field(default=16384, metadata={"help": "memory of a check; Lean maps all of Mathlib, 5 GB, into its addresses"})
    allow_unprotected: bool = field(default=False, metadata={"help": "run the checker also where the machine gives no namespaces"})
    temperature: Spread | None = field(default=1.0, metadata={"help": "tries must differ"})

    name = "lean_proof"

    def check_installed(self) -> None:
        """Raise `ConfigError` where the checker is missing."""
        self.judge()

    def judge(self) -> Checker:
        """The checker; `ConfigError` where it is not installed."""
        where = self.project if self.checker == "lean" else self.database
        return _checker(self.checker, where, self.check_s, self.memory_mb, self.allow_unprotected)

    async def candidates(self, seed: Seed, ask: Ask, tools: Tools) -> Candidates:
        """One candidate per formalisation."""
        checker = self.judge()  # refused before the first call is paid
        question = sound(read_question(seed, self.system))
        works = _Work(self, checker, question, ask, tools)
        replies = await ask.many("formalise", self.request(works.turns("formalise", problem=works.problem())), self.samples)
        return await all_of([works.proved(number, reply) for number, reply in enumerate(replies)])


@dataclass(frozen=True, slots=True)
class _Tried:
    """One try at a proof."""

    reply: Completion
    proof: str
    check: Check


@dataclass(frozen=True, slots=True)
class _Work:
    """The formalisations of one problem on their way."""

    asking: LeanProof
    checker: Checker
    question: Question
    ask: Ask
    tools: Tools

    def problem(self) -> str:
        """In words, with its answer where the seed has one: then that is what is to be shown."""
        told, reference = self.question.laid_out(), self.question.reference
        return load("lean_proof", "answer", self.question.lang).fill(problem=told, answer=reference) if reference else told

    def turns(self, step: str, **values: str) -> tuple[Message, ...]:
        """The prompt of a step, which tells the checker's language."""
        primer = load("lean_proof", self.checker.name, self.question.lang).text
        context = self.checker.context
        told = f"{primer}\n\n```{self.checker.name}\n{context}\n```" if context else primer
        system = tuple(turn for turn in self.question.turns if turn["role"] == "system")
        return (*system, *prompted(load("lean_proof", step, self.question.lang).fill(language=told, **values)))

    async def proved(self, number: int, reply: Completion) -> Sample | Rejected:
        """The row, or where it failed."""
        lang, asking = self.question.lang, self.asking
        texts = [load(asking.texts, step, lang).text for step in ("formalise", "grade", "prove", self.checker.name)]
        meta = {**provenance(asking.name, asking.system, *texts), "problem": self.question.prompt, "checker": self.checker.name}
        draft = Sample(self.question.prompt, "", slot=f"formal/{number}", lang=lang, meta=meta)
        formal = answered(draft, reply, "formalise")
        if isinstance(formal, Rejected):
            return formal
        if is_invalid(formal.response):
            return Rejected(formal, "formalise", "invalid", evidence={"reply": formal.response})
        statement = self.checker.read(formal.response)
        if statement is None:
            return Rejected(formal, "formalise", "unreadable")
        paid = noted(formal, statement=self.checker.write(statement))
        found = await self._checked(number, statement, None)
        if found.outcome != "well_formed":
            return Rejected(paid, "formalise", "ill_formed", evidence=asdict(found))
        for step in (self._graded, self._consistent, self._closed):
            after = await step(number, statement, paid)
            if isinstance(after, Rejected):
                return after
            paid = after
        return paid

    async def _graded(self, number: int, statement: Statement, draft: Sample) -> Sample | Rejected:
        prompt = self.turns("grade", problem=self.problem(), statement=self.checker.write(statement))[-1]["content"]
        ruled = await ruling(self.ask, "grade", str(prompt), draft, GRADES, number)
        if isinstance(ruled, Rejected):
            return ruled
        if ruled.word in {"fair", "poor"}:
            return Rejected(ruled.paid, "grade", ruled.word, evidence=ruled.said)
        return noted(ruled.paid, grade=ruled.word, **ruled.said)

    async def _consistent(self, number: int, statement: Statement, draft: Sample) -> Sample | Rejected:
        """Unless falsehood follows. Tries that fail show nothing; nor does a call that does."""
        tries = self.asking.absurd_attempts if statement.given else 0
        for attempt in range(tries):
            tried = await self._try(number, "absurd", attempt, self.checker.absurd(statement))
            if isinstance(tried, ChatError):
                return unanswered(draft, "absurd", tried)
            draft = billed(draft, tried.reply)
            if tried.check.outcome == "proved":
                return Rejected(draft, "absurd", "inconsistent", evidence={"proof": tried.proof})
        return noted(draft, absurd_attempts=tries)

    async def _closed(self, number: int, statement: Statement, draft: Sample) -> Sample | Rejected:
        sides = {"statement": statement, "negation": self.checker.negated(statement)}
        said: list[str] = []
        for attempt in range(self.asking.attempts):
            both = await together([self._try(number, side, attempt, one) for side, one in sides.items()])
            tries = {side: one for side, one in zip(sides, both, strict=True) if isinstance(one, _Tried)}
            if not tries:
                return unanswered(draft, "prove", next(one for one in both if isinstance(one, ChatError)))
            proofs = {side: one for side, one in tries.items() if one.check.outcome == "proved"}
            won = next(iter(proofs), "")
            draft = billed(draft, *(one.reply for side, one in tries.items() if side != won))
            if len(proofs) == 2:
                return Rejected(draft, "absurd", "inconsistent", evidence={side: one.proof for side, one in proofs.items()})
            if won:
                return self._row(noted(draft, side=won, attempts=attempt + 1), sides[won], proofs[won])
            said = [f"{side}: {one.check.outcome} {one.check.said}" for side, one in tries.items()]
        return Rejected(noted(draft, attempts=self.asking.attempts), "prove", "open", evidence={"last": said})

    def _row(self, draft: Sample, statement: Statement, tried: _Tried) -> Sample:
        turns = self._asked(statement)
        row = answered(changed(draft, messages=turns), tried.reply, "prove")
        assert isinstance(row, Sample), "only whole replies are checked"
        written = f"```{self.checker.name}\n{self.checker.write(statement, tried.proof)}\n```"
        told = noted(row, statement=self.checker.write(statement), proof=tried.proof)
        return changed(told, prompt=str(turns[-1]["content"]), response=written, messages=(*turns, reply_turn(written)))

    def _asked(self, statement: Statement) -> tuple[Message, ...]:
        return self.turns("prove", statement=self.checker.write(statement))

    async def _try(self, number: int, side: str, attempt: int, statement: Statement) -> _Tried | ChatError:
        try:
            reply = await under(self.ask, f"formal/{number}")(side, self.asking.request(self._asked(statement)), sample=attempt)
        except ChatError as error:
            return error
        proof = self.checker.proof_in(spoken(reply))
        return _Tried(reply, proof, await self._checked(number, statement, proof) if proof else Check("incomplete", "no whole reply"))

    async def _checked(self, number: int, statement: Statement, proof: str | None) -> Check:
        """Journalled: whether a check ends in time is no function of the seed."""

        async def made() -> dict[str, str]:
            return asdict(await self.checker.check(statement, proof))

        digest = digest_of(statement.given, statement.goal, "?" if proof is None else proof)
        return Check(**await self.tools.journalled(f"check/{number}/{digest}", made))


@lru_cache(maxsize=8)  # one for each method of a run: its bound on checks at a time holds over all seeds
def _checker(name: str, where: str, check_s: float, memory_mb: int, allow_unprotected: bool) -> Checker:  # noqa: FBT001
    kind = Lean if name == "lean" else Metamath
    return kind.installed(where, check_s, memory_mb, allow_unprotected=allow_unprotected)
