"""Metamath: statements over a database of axioms and theorems, proofs as lists of labels, checked by the program `metamath`."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from stream_synth.errors import ConfigError
from stream_synth.verify.proofs.statement import Check, Statement, ended, fenced, sandbox, wrong
from stream_synth.verify.sandbox import Sandbox

LABEL = "x-goal"  # of the theorem in the file that is checked
_FILE = "proof.mm"
_READABLE_CHARS = 8000  # a database up to this is shown to the model whole; set.mm has 41 million
_PROOF = re.compile(r"[A-Za-z0-9._()\s-]*")  # labels, and the letters of compressed proofs: no comment, no axiom, no gap
_CLEAN = "No errors were found."


@dataclass(frozen=True, slots=True)
class Metamath:
    """Checks proofs against `database`, a file in Metamath's language.

    A statement is `label $p |- ... $.`, with hypotheses `label $e |- ... $.` (and `$d`) before it; a proof is a list of labels, or a
    compressed one. `falsity` and `negation` are how the database writes falsehood and a denied formula: `F.` and `-. {}` in set.mm.
    A denied schema holds for no instance: what is proved of it is more than that the statement fails. Whether a formula follows the
    grammar is found only by proving it.
    """

    database: Path
    sandbox: Sandbox
    falsity: str = "F."
    negation: str = "-. {}"
    name: str = field(default="metamath", init=False)

    @classmethod
    def installed(cls, database: str, time_s: float, memory_mb: int, *, allow_unprotected: bool = False) -> Metamath:
        """With the installed program. `ConfigError` without it, or without the database."""
        if shutil.which("metamath") is None:
            raise ConfigError("the program metamath is not installed; on Debian: apt-get install metamath")
        path = Path(database).absolute()
        if not database or not path.is_file() or re.search(r"[\s$]", str(path)):
            raise ConfigError(f"database is {database!r}; name a Metamath file whose path holds no space, as configs/data/propositional.mm")
        return cls(path, sandbox(time_s, memory_mb, [path], allow_unprotected=allow_unprotected))

    @property
    def context(self) -> str:
        """The database, where it is short."""
        text = self.database.read_text(encoding="utf-8", errors="replace")
        return text.strip() if len(text) <= _READABLE_CHARS else ""

    def read(self, text: str) -> Statement | None:
        """Of a block of `$e`, `$d` and one last `$p`; a `$p` may carry a proof, which is dropped."""
        *given, goal = [*fenced(text).removesuffix("$.").split("$."), ""][:-1] or [""]
        parsed = [_parts(one) for one in given]
        label, kind, symbols = _parts(goal.partition("$=")[0])
        if not label or kind != "$p" or any(one[1] not in {"$e", "$d"} or not one[2] for one in parsed):
            return None
        told = [f"{one[0]} {one[1]} {one[2]} $.".strip() for one in parsed]
        return Statement("\n".join(told), symbols) if symbols.startswith("|- ") else None

    def negated(self, statement: Statement) -> Statement:
        """By the database's sign for not."""
        return Statement(statement.given, f"|- {self.negation.format(statement.goal.removeprefix('|- '))}")

    def absurd(self, statement: Statement) -> Statement:
        """By the database's falsehood."""
        return Statement(statement.given, f"|- {self.falsity}")

    def write(self, statement: Statement, proof: str | None = None) -> str:
        """As it stands in the file, the inclusion of the database left out."""
        shown = "" if proof is None else f" $= {proof}"
        return "\n".join(line for line in (statement.given, f"{LABEL} $p {statement.goal}{shown} $.") if line)

    def proof_in(self, text: str) -> str:
        """The labels, also where the reply repeats the statement."""
        return " ".join(fenced(text).rpartition("$=")[2].removesuffix("$.").split())

    async def check(self, statement: Statement, proof: str | None = None) -> Check:
        """Only labels of the database and of the hypotheses count; `?` is a gap."""
        written = "?" if proof is None else self.proof_in(proof)
        if proof is not None and "?" in written:
            return Check("incomplete", "the proof holds ?")
        if proof is not None and (not written or not _PROOF.fullmatch(written)):
            return Check("forbidden", "a proof is a list of labels, nothing else")
        file = f"$[ {self.database} $]\n${{\n{self.write(statement, written)}\n$}}\n"
        commands = ("set scroll continuous", f'read "{_FILE}"', f"verify proof {LABEL}", "exit")
        run = await self.sandbox.command(("metamath", *commands), files={_FILE: file})
        return ended(run) or judged(run.stdout, gap=proof is None)


def judged(printed: str, *, gap: bool) -> Check:
    """What the program's words mean. It ends with code 0 whatever it found; `gap`: the proof was left out on purpose."""
    reading, asked, verdict = printed.partition(f"MM> verify proof {LABEL}\n")
    verdict = verdict.partition("MM> exit")[0].strip()
    if not asked or _CLEAN not in reading or "?Error" in reading:
        return wrong(reading[max(reading.find("?Error"), 0) :])
    if verdict == LABEL:
        return Check("proved")
    if "were not proved" in verdict and "?Error" not in verdict:
        return Check("well_formed" if gap else "incomplete")
    return wrong(verdict.removeprefix(LABEL))


def _parts(text: str) -> tuple[str, str, str]:
    """Label, keyword and symbols of `label $p symbols` or `$d symbols`; empty when it is neither."""
    words = text.split()
    at = 0 if words[:1] == ["$d"] else 1
    if len(words) < at + 2 or sum("$" in word for word in words) != 1 or not words[at].startswith("$"):
        return "", "", ""
    return words[0] if at else "", words[at], " ".join(words[at + 1 :])
