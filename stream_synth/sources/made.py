"""Sources that are no files: a counter, a Python callable, rows in memory."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from stream_synth.errors import ConfigError
from stream_synth.sources.rows import Row, Rows
from stream_synth.values import BadRow


@dataclass(frozen=True, kw_only=True)
class Program(Rows):
    """Blank seeds, numbered from 1, for recipes that need none. `fields` may name `{n}`; constants stay as they are."""

    count: int | None = field(default=None, metadata={"help": "how many; left out: endless, and the run needs a target or a max_*"})

    def __post_init__(self) -> None:
        """Refuse what could never work."""
        super().__post_init__()
        if self.count is not None and self.count < 1:
            raise ConfigError(f"source.count is {self.count}; give at least 1, or leave it out for an endless source")

    @property
    def endless(self) -> bool:
        """Without a count."""
        return self.count is None

    @property
    def unique_ids(self) -> bool:
        """They are numbers."""
        return not self.id

    def rows(self) -> Iterator[Row | BadRow]:
        """One number each."""
        for n in itertools.count(1) if self.count is None else range(1, self.count + 1):
            yield Row({"n": n}, "program", f"seed {n}", id=str(n))

    def _unmapped(self, row: Mapping[str, Any]) -> dict[str, Any]:
        del row
        return {}


@dataclass(frozen=True, kw_only=True)
class FromCallable(Rows):
    """Mappings from your own `module:callable`, called with `args` at every start and pass: it must give the same rows again."""

    call: str = field(metadata={"help": "module:callable that returns an iterable of mappings"})
    args: Mapping[str, Any] = field(default_factory=dict, metadata={"help": "keyword arguments"})
    endless: bool = field(default=False, metadata={"help": "it never ends by itself"})

    @property
    def described(self) -> str:
        """Its name."""
        return self.call

    def rows(self) -> Iterator[Row | BadRow]:
        """As the iterable gives them."""
        module, _, name = self.call.partition(":")
        try:
            made = getattr(import_module(module), name)
        except (ImportError, AttributeError, ValueError) as error:
            raise ConfigError(
                f"source.kind {self.call!r} cannot be loaded ({error}); write module:callable of an importable module"
            ) from error
        yield from _numbered(made(**self.args), self.call)


@dataclass(frozen=True, kw_only=True)
class Memory(Rows):
    """Rows handed over from Python. One-shot iterators serve one pass and one invocation."""

    given: Iterable[Mapping[str, Any]] = field(metadata={"help": "rows", "live": True})

    @property
    def described(self) -> str:
        """What messages call it."""
        return "the source given from Python"

    def rows(self) -> Iterator[Row | BadRow]:
        """As the iterable gives them."""
        yield from _numbered(self.given, "memory")


def _numbered(given: Iterable[Any], source: str) -> Iterator[Row | BadRow]:
    for number, columns in enumerate(given, 1):
        if isinstance(columns, Mapping):
            yield Row(columns, source, f"row {number}")
        else:
            yield BadRow(f"{source} row {number}", f"a {type(columns).__name__}, not a mapping of columns")
