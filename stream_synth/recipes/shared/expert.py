"""A domain expert's own check of each row: a function, or a command in the sandbox."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any

import orjson

from stream_synth.errors import ConfigError
from stream_synth.protocols import Tools
from stream_synth.values import Rejected, Sample
from stream_synth.verify.sandbox import Limits, Run, Sandbox

_HOW = "write verify: {call: module:function} or verify: {command: [program, argument]}"
_SHOWN_CHARS = 500  # of what a command without a verdict complained about: its last line is the reason


@dataclass(frozen=True)
class Check:
    """What `verify` may hold: one of `call` and `command`; the rest belongs to a command."""

    call: str = ""  # module:function
    command: tuple[str, ...] = ()  # reads the row as JSON, prints the verdict as JSON; sees the files named in it
    read: tuple[str, ...] = ()  # further paths it may read
    timeout_s: float = 10.0  # of one row
    memory_mb: int = 512
    allow_unprotected: bool = False  # run it also where the machine gives no namespaces


def check_of(verify: Mapping[str, Any]) -> Check:
    """The check as declared, tried: the function loads, the sandbox stands. `ConfigError` with the remedy otherwise."""
    known = [one.name for one in fields(Check)]
    if unknown := sorted(set(verify) - set(known)):
        raise ConfigError(f"verify holds {', '.join(unknown)}; it may hold {', '.join(known)}: {_HOW}")
    told: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in verify.items()}
    for name in ("command", "read"):
        words = told.get(name, ())
        if not isinstance(words, tuple) or not all(isinstance(word, str) for word in words):
            raise ConfigError(f"verify: {name} is {words!r}; write a list of words: {shlex.split(str(words))}")
    check = Check(**told)
    if bool(check.call) == bool(check.command):
        raise ConfigError(f"verify holds {', '.join(verify)}; {_HOW}")
    if check.call:
        load_function(check.call)  # a misspelt name is found before the first call is paid
    else:
        _sandbox(check, os.getcwd())  # noqa: PTH109  # a word, for the cache
    return check


async def expert_check(sample: Sample, verify: Mapping[str, Any], tools: Tools) -> Sample | Rejected:
    """The sample when the check passes it, else rejected at step `verify` with the check's own reason.

    It is given the row as a mapping (a command: JSON on standard input) and gives one back (a command: JSON on standard output)
    with `passed` (bool), and perhaps `reason`, `score` and `evidence`. The verdict is journalled, so a function may look things
    up. A function that gives anything else has a bug; a command may stumble over a row: reason `timeout`, `memory`, or
    `no_verdict` with what it wrote.
    """
    check = check_of(verify)

    async def verdict() -> Any:  # noqa: ANN401  # JSON
        row: dict[str, Any] = {"prompt": sample.prompt, "response": sample.response, "reasoning": sample.reasoning, "lang": sample.lang}
        row |= {"messages": [dict(turn) for turn in sample.messages], "meta": dict(sample.meta)}
        if check.command:
            run = await _sandbox(check, os.getcwd()).command(check.command, stdin=orjson.dumps(row).decode() + "\n")  # noqa: PTH109
            return _read_verdict(run)
        said = load_function(check.call)(row)
        if not _is_verdict(said):
            raise TypeError(f"{check.call} returned {said!r}: a check returns a mapping with passed: true or false")
        return dict(said)

    said = await tools.journalled(f"verify/{sample.slot}", verdict)
    if said["passed"]:
        return sample
    return Rejected(sample, "verify", str(said.get("reason") or "failed"), said.get("score"), said.get("evidence") or {})


def _read_verdict(run: Run) -> dict[str, Any]:
    if run.outcome in {"timeout", "memory"}:
        return {"passed": False, "reason": run.outcome, "evidence": {"seconds": round(run.seconds, 1)}}
    try:
        said = orjson.loads(run.stdout)
    except orjson.JSONDecodeError:
        said = None
    if run.outcome == "ok" and _is_verdict(said):
        return dict(said)
    evidence = {"outcome": run.outcome, "stdout": run.stdout[-_SHOWN_CHARS:], "stderr": run.stderr[-_SHOWN_CHARS:]}
    return {"passed": False, "reason": "no_verdict", "evidence": evidence}


def _is_verdict(said: object) -> bool:
    return isinstance(said, Mapping) and isinstance(said.get("passed"), bool)


@lru_cache(maxsize=16)  # one for each check of a run: its bound on programs at a time holds over all rows
def _sandbox(check: Check, folder: str) -> Sandbox:
    named = [Path(word) for word in check.command if os.path.exists(word)]  # noqa: PTH110  # a word too long for a path is none
    limits = Limits(wall_s=check.timeout_s, cpu_s=max(1, int(check.timeout_s) + 1), memory_mb=check.memory_mb)
    read = (*named, *map(Path, check.read))
    return Sandbox(limits, read=read, cwd=Path(folder), allow_unprotected=check.allow_unprotected)


def load_function(call: str) -> Any:  # noqa: ANN401  # somebody's function
    """The function behind `module:function`."""
    module, _, name = call.partition(":")
    try:
        return getattr(import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise ConfigError(f"verify: cannot load {call!r} ({error}); write module:function of an installed module") from error
