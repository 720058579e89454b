"""Scripts in JSONL: rows with patterns and what they cause. Shared by replies and faults; mistakes are named by file and line."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import orjson

from stream_synth.errors import ConfigError
from stream_synth.simulate.asked import Asked
from stream_synth.simulate.options import Script

PATTERNS = ("path", "model", "system", "question", "last")
_ROUTE_PATHS = {"chat": "/chat/completions", "completions": "/completions", "classify": "/classify", "pooling": "/pooling"}

Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a script with the words that name it in an error."""

    row: Mapping[str, Any]
    where: str

    def error(self, problem: str, remedy: str) -> ConfigError:
        """The error that names file, line, problem and remedy."""
        return ConfigError(f"{self.where}: {problem}; {remedy}")

    def check_keys(self, known: frozenset[str]) -> None:
        """Raise for a key that is not known, naming the nearest one."""
        for name in self.row:
            if name not in known:
                near = difflib.get_close_matches(name, known, 1)
                raise self.error(f"unknown key {name!r}", f"did you mean {near[0]!r}?" if near else f"known are {', '.join(sorted(known))}")

    def number(self, name: str, default: float, *, least: float = 0.0, most: float = math.inf) -> float:
        """A number from `least` to `most`."""
        value = self.row.get(name, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
            most_said = "" if most == math.inf else f" and at most {most:g}"
            raise self.error(f"{name} is {value!r}", f"give a number of at least {least:g}{most_said}")
        return float(value)


@dataclass(frozen=True, slots=True)
class Matcher:
    """Patterns that must all be found. A pattern on the last message sees line feeds as any character."""

    patterns: tuple[tuple[str, re.Pattern[str]], ...]

    def match(self, asked: Asked) -> dict[str, str] | None:
        """The groups of all patterns, numbered ones as g1, g2 (those of `last` win); None when one is not found."""
        groups: dict[str, str] = {}
        for name, pattern in self.patterns:
            found = pattern.search(_ROUTE_PATHS[asked.route] if name == "path" else getattr(asked, name))
            if found is None:
                return None
            groups |= {f"g{number}": text or "" for number, text in enumerate(found.groups(), 1)}
            groups |= {group: text or "" for group, text in found.groupdict().items()}
        return groups


def matcher(line: Line) -> Matcher:
    """The patterns of a row."""
    patterns = []
    for name in PATTERNS:
        written = line.row.get(name)
        if written is None:
            continue
        if not isinstance(written, str):
            raise line.error(f"{name} is {written!r}", "write a regular expression as a string")
        try:
            patterns.append((name, re.compile(written, re.DOTALL)))
        except re.error as error:
            raise line.error(f"{name} is no regular expression ({error})", "escape special characters with a backslash") from error
    return Matcher(tuple(patterns))


def read_script(script: Script | None, what: str, make: Callable[[Line], Made]) -> list[Made]:
    """Everything that the rows make, in order. Raises `ConfigError` naming the place."""
    return [] if script is None else [make(line) for line in _lines(script, what)]


def _lines(script: Script, what: str) -> Iterator[Line]:
    if not isinstance(script, Path | str):
        yield from (Line(row, f"{what} row {number}") for number, row in enumerate(script, 1))
        return
    try:
        content = Path(script).read_bytes()
    except OSError as error:
        raise ConfigError(f"{what} file {script} cannot be read: {error.strerror}; check the path") from error
    for number, raw in enumerate(content.split(b"\n"), 1):
        if not raw.strip():
            continue
        where = f"{script} line {number}"
        try:
            row = orjson.loads(raw)
        except orjson.JSONDecodeError as error:
            raise ConfigError(f"{where}: no JSON ({error}); write one object a line") from error
        if not isinstance(row, dict):
            raise ConfigError(f"{where}: {type(row).__name__} instead of an object; write one object a line")
        yield Line(row, where)
