"""Lean 4: theorems and tactic proofs, checked by the program `lean`, with a project's libraries where one is named."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from stream_synth.errors import ConfigError
from stream_synth.verify.proofs.statement import Check, Statement, ended, fenced, sandbox, wrong
from stream_synth.verify.sandbox import Sandbox

NAME = "goal_to_prove"
_FILE = "proof.lean"
_AXIOMS = frozenset({"propext", "Classical.choice", "Quot.sound"})  # what Mathlib itself rests on
# Words that would end the theorem, add an axiom, change what is printed of it, or keep the kernel from looking.
_FORBIDDEN = re.compile(
    r"\b(?:sorry|admit|axiom|theorem|lemma|def|abbrev|instance|example|structure|class|inductive|opaque|macro|macro_rules|syntax|notation|"
    r"infix[lr]?|prefix|postfix|elab|elab_rules|import|namespace|section|end|attribute|initialize|run_tac|run_cmd|unsafe|extern|"
    r"implemented_by|set_option|mutual|universe|variable|deriving)\b|#[a-z]|/-|-/"
)
_HEAD = re.compile(r"\s*(?:theorem|lemma)\s+[^\s(\[{:⦃]+")
_TAIL = re.compile(r"\s*:=\s*(?:by\b)?\s*(?:sorry)?\s*$")
_BRACKETS = dict.fromkeys("([{⟨⦃", 1) | dict.fromkeys(")]}⟩⦄", -1)
_DEPENDS = re.compile(r"depends on axioms:\s*\[(.*?)\]", re.DOTALL)
_SETUP_S = 120  # for lake, which may look at every package of the project


@dataclass(frozen=True, slots=True)
class Lean:
    """Checks proofs after `header`, the imports. A statement is one `theorem`; a proof is what follows its `:= by`.

    A proof counts when Lean finds no error and the theorem rests on Mathlib's three axioms at most: neither `sorry` nor
    `native_decide` passes.
    """

    prefix: Path  # of the toolchain: bin/lean is below it
    libraries: tuple[Path, ...]
    header: str
    sandbox: Sandbox
    name: str = field(default="lean", init=False)

    @classmethod
    def installed(cls, project: str, time_s: float, memory_mb: int, *, allow_unprotected: bool = False) -> Lean:
        """With the installed program, and the libraries of the Lake project in the folder `project`: then the header imports Mathlib.

        `ConfigError` without the program, or when the project cannot be used.
        """
        if shutil.which("lean") is None:
            raise ConfigError("the program lean is not installed (Lean 4: https://lean-lang.org/install); or take checker: metamath")
        folder = Path(project or ".").absolute()
        prefix = Path(_told(("lean", "--print-prefix"), folder))
        found = _told(("lake", "env", "printenv", "LEAN_PATH"), folder) if project else ""
        libraries = tuple(path for one in found.split(":") if one and (path := folder / one).exists())
        header = "import Mathlib" if project else ""
        read = [prefix, *libraries]
        return cls(prefix, libraries, header, sandbox(time_s, memory_mb, read, allow_unprotected=allow_unprotected))

    @property
    def context(self) -> str:
        """The imports."""
        return self.header

    def read(self, text: str) -> Statement | None:
        """Of one `theorem NAME binders : goal`, with or without `:= by sorry`; imports before it are left out."""
        lines = [line for line in fenced(text).splitlines() if not line.startswith(("import ", "open ", "--"))]
        written = "\n".join(lines)
        head = _HEAD.match(written)
        if head is None:
            return None
        body = _TAIL.sub("", written[head.end() :])
        at = _colon(body)
        if at is None or _FORBIDDEN.search(body) or not body[at + 1 :].strip():
            return None
        return Statement(body[:at].strip(), body[at + 1 :].strip())

    def negated(self, statement: Statement) -> Statement:
        """For the same variables and hypotheses the goal fails."""
        return Statement(statement.given, f"¬ ({statement.goal})")

    def absurd(self, statement: Statement) -> Statement:
        """`False` for all variables and hypotheses. What is assumed inside the goal is not looked at."""
        return Statement(statement.given, "False")

    def write(self, statement: Statement, proof: str | None = None) -> str:
        """As a theorem; without a proof it ends in `:= by`."""
        head = " ".join(f"theorem {NAME} {statement.given}".split(" ")).rstrip()
        tactics = "" if proof is None else "\n" + "\n".join(f"  {line}".rstrip() for line in proof.splitlines())
        return f"{head} : {statement.goal} := by{tactics}"

    def proof_in(self, text: str) -> str:
        """The tactics, dedented; also where the reply repeats the theorem."""
        written = fenced(text)
        if NAME in written or _HEAD.match(written):
            written = re.split(r":=\s*by\b", written, maxsplit=1)[-1]
        lines = [line for line in written.splitlines() if line.strip()]
        indent = min((len(line) - len(line.lstrip()) for line in lines), default=0)
        return "\n".join(line[indent:].rstrip() for line in lines)

    def command(self) -> tuple[str, ...]:
        """The command line: messages as JSON lines, libraries from the project."""
        path = ":".join(map(str, self.libraries))
        return ("/usr/bin/env", f"LEAN_PATH={path}", str(self.prefix / "bin/lean"), "--json", _FILE)

    async def check(self, statement: Statement, proof: str | None = None) -> Check:
        """What could get round the check is refused before it runs."""
        tactics = None if proof is None else self.proof_in(proof)
        if tactics is not None and (not tactics or (found := _FORBIDDEN.search(tactics))):
            return Check("forbidden", f"the proof holds {found[0]!r}" if tactics and found else "there is no proof")
        file = f"{self.header}\n{self.write(statement, tactics or 'sorry')}\n\n#print axioms {NAME}\n"
        run = await self.sandbox.command(self.command(), files={_FILE: file})
        return ended(run) or judged(run.stdout, last_line=file.count("\n"), gap=proof is None)


def judged(printed: str, *, last_line: int, gap: bool) -> Check:
    """What Lean's messages mean; `last_line` is where the file asks for the axioms, `gap`: the proof was left out on purpose."""
    messages = [found for line in printed.splitlines() if isinstance(found := _json(line), dict)]
    errors = [str(one.get("data", "")) for one in messages if one.get("severity") == "error"]
    if errors:
        return wrong("\n".join(errors))
    told = [str(one.get("data", "")) for one in messages if one.get("pos", {}).get("line") == last_line]
    if gap:
        return Check("well_formed") if told else wrong(printed)
    axioms = [_axioms_in(one) for one in told if f"'{NAME}'" in one]
    if len(axioms) != 1:
        return wrong(printed or "Lean said nothing")
    if "sorryAx" in axioms[0]:
        return Check("incomplete", "the proof holds sorry")
    strange = axioms[0] - _AXIOMS
    return wrong(f"it rests on the axioms {', '.join(sorted(strange))}") if strange else Check("proved")


def _axioms_in(told: str) -> set[str]:
    found = _DEPENDS.search(told)
    return {one.strip() for one in found[1].split(",")} if found else set()


def _colon(body: str) -> int | None:
    """Where the goal begins: the first colon outside brackets that is not part of `:=`."""
    depth = 0
    for at, letter in enumerate(body):
        depth += _BRACKETS.get(letter, 0)
        if letter == ":" and depth == 0 and body[at + 1 : at + 2] != "=":
            return at
    return None


def _json(line: str) -> Any:  # noqa: ANN401  # any JSON
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError:
        return None


def _told(command: tuple[str, ...], folder: Path) -> str:
    """What a trusted program prints."""
    try:
        run = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=_SETUP_S, check=True)  # noqa: S603  # fixed words
    except (OSError, subprocess.SubprocessError) as error:
        raise ConfigError(f"{' '.join(command)} failed in {folder} ({error}); project names a built Lake project") from error
    return run.stdout.strip()
