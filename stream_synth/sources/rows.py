"""What every source of rows shares: fields, ids, licence, passes, and what happens to a row that cannot be read."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from stream_synth.errors import ConfigError, RunError
from stream_synth.sources.plain import Unplain, plain
from stream_synth.sources.presets import recognised
from stream_synth.sources.template import ABSENT, MissingColumn, Template, as_text
from stream_synth.values import BadRow, Seed

Mapped: TypeAlias = Callable[[Mapping[str, Any]], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Row:
    """One row as it was read."""

    columns: Mapping[str, Any]
    source: str  # "questions.jsonl"
    place: str  # "line 17"
    id: str = ""  # where the source itself knows one


@dataclass(frozen=True, kw_only=True)
class Rows(ABC):
    """A source of rows. Subclasses read them, lazily; this turns them into seeds."""

    fields: Mapping[str, Any] = field(
        default_factory=dict,
        metadata={"help": "the recipe's fields from a row's columns: {question: \"{instruction}\\n{input}\"}; left out: by known columns"},
    )
    id: str = field(default="", metadata={"help": "column (or template) that identifies a row; else a hash of the fields"})
    licence: str = field(default="", metadata={"help": "of the rows; kept with every sample"})
    passes: int = field(default=1, metadata={"help": "ask the same rows this many times"})
    on_bad_row: Literal["skip", "stop"] = field(default="skip", metadata={"help": "skip records a broken row and goes on"})

    def __post_init__(self) -> None:
        """Refuse what could never work."""
        if self.passes < 1:
            raise ConfigError(f"source.passes is {self.passes}; give at least 1")
        self._mapped()

    @property
    def endless(self) -> bool:
        """It never ends by itself."""
        return False

    @property
    def unique_ids(self) -> bool:
        """No two of its rows have the same id, so nobody has to remember them."""
        return False

    @abstractmethod
    def rows(self) -> Iterator[Row | BadRow]:
        """The rows in order; what cannot be read comes as a `BadRow`. Nothing is held but the current chunk."""

    @property
    def described(self) -> str:
        """What messages call it."""
        return type(self).__name__.lower()

    def seeds(self) -> Iterator[Seed | BadRow]:
        """Seeds in order. Their `id` is the id column's value or empty.

        Raises `ConfigError` for a source without rows and for a first row that lacks a column of `fields`, `RunError` for a broken
        row under `on_bad_row: stop`.
        """
        mapped, identify = self._mapped(), self._identify()
        read = good = 0
        for row in self.rows():
            read += 1
            if isinstance(row, BadRow):
                seed: Seed | BadRow = row
            else:
                seed = self._seed(row, mapped, identify, first=good == 0)
                good += isinstance(seed, Seed)
            if isinstance(seed, BadRow) and self.on_bad_row == "stop":
                raise RunError(f"{seed.position}: {seed.problem} (source.on_bad_row: skip records such rows and goes on)")
            yield seed
        if not read:
            raise ConfigError(f"{self.described} is empty: it holds no rows")

    def _seed(self, row: Row, mapped: Mapped, identify: Template | None, *, first: bool) -> Seed | BadRow:
        position = f"{row.source} {row.place}"
        try:
            columns = {str(name): plain(value) for name, value in row.columns.items()}
            known = as_text(identify.fill(columns)) if identify else row.id
            fields = mapped(columns)
        except MissingColumn as error:
            if first:
                raise ConfigError(f"source.fields: {error} ({position})") from error
            return BadRow(position, str(error))
        except Unplain as error:
            return BadRow(position, str(error))
        if identify and not known.strip():
            return BadRow(position, f"the id {self.id!r} is empty")
        origin = {"source": row.source, "place": row.place, **({"licence": self.licence} if self.licence else {})}
        return Seed(known, fields, origin=origin)

    def _mapped(self) -> Mapped:
        if not self.fields:
            return self._unmapped
        templates = {name: Template.parse(value) if isinstance(value, str) else value for name, value in self.fields.items()}

        def mapped(row: Mapping[str, Any]) -> dict[str, Any]:
            filled = {name: one.fill(row) if isinstance(one, Template) else one for name, one in templates.items()}
            return {name: value for name, value in filled.items() if value is not ABSENT}

        return mapped

    def _unmapped(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Fields of a row when `fields` is left out."""
        return recognised(row)

    def _identify(self) -> Template | None:
        if not self.id:
            return None
        return Template.parse(self.id if "{" in self.id else f"{{{self.id}}}")
