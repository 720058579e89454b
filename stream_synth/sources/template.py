"""Templates that make a seed's fields out of a row's columns: `"Q: {instruction}"`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from stream_synth.errors import ConfigError, StreamSynthError

_PART = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
SHOWN_COLUMNS = 20  # of a wide table; one line must stay readable


class MissingColumn(StreamSynthError):
    """A template names a column that the row does not have."""


class _Absent:
    """What an optional column gives where it is missing."""


ABSENT = _Absent()


@dataclass(frozen=True, slots=True)
class Slot:
    """One `{column}` of a template. `{column?}` may be missing; `{a.b}` and `{a.0}` reach into objects and lists."""

    column: str
    optional: bool = False

    def value(self, row: Mapping[str, Any]) -> Any:  # noqa: ANN401  # any JSON value, or ABSENT
        """The column's value. Raises `MissingColumn` naming those that are there."""
        if self.column in row:
            return row[self.column]
        found: Any = row
        for step in self.column.split("."):
            if isinstance(found, Mapping) and step in found:
                found = found[step]
            elif isinstance(found, list) and step.isdecimal() and int(step) < len(found):
                found = found[int(step)]
            elif self.optional:
                return ABSENT
            else:
                raise MissingColumn(
                    f"no column {self.column!r}; the row has {listed(row)} (write {{{self.column}?}} where it may be missing)"
                )
        return found


@dataclass(frozen=True, slots=True)
class Template:
    """A parsed template: texts and slots in order.

    One slot alone keeps the column's JSON value. Anything else makes text, blanks at its end stripped: `{instruction}`, a line feed
    and `{input}` leave none where the input is empty. `{{` and `}}` are braces.
    """

    parts: tuple[str | Slot, ...]

    @classmethod
    def parse(cls, text: str) -> Template:
        """Raises `ConfigError` for a brace that stands alone or encloses nothing."""
        parts: list[str | Slot] = []
        end = 0
        for match in _PART.finditer(text):
            parts.append(text[end : match.start()])
            end = match.end()
            if match[0] in {"{{", "}}"}:
                parts.append(match[0][0])
            elif match[1]:
                parts.append(Slot(match[1].removesuffix("?").strip(), match[1].endswith("?")))
            else:
                raise ConfigError(f"template {text!r}: {match[0]!r} names no column; write {{column}}, or {{{{ and }}}} for braces")
        parts.append(text[end:])
        return cls(tuple(part for part in parts if part != ""))

    def fill(self, row: Mapping[str, Any]) -> Any:  # noqa: ANN401  # any JSON value
        """The field's value; `ABSENT` where every slot is optional and missing and there is no text."""
        if len(self.parts) == 1 and isinstance(self.parts[0], Slot):
            return self.parts[0].value(row)
        return "".join(part if isinstance(part, str) else as_text(part.value(row)) for part in self.parts).rstrip()

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it names."""
        return tuple(part.column for part in self.parts if isinstance(part, Slot))


def as_text(value: Any) -> str:  # noqa: ANN401  # any JSON value
    """A value inside a text: strings as they are, null as nothing, the rest as JSON."""
    if isinstance(value, str):
        return value
    return "" if value is None or value is ABSENT else orjson.dumps(value).decode()


def listed(row: Mapping[str, Any]) -> str:
    """The columns of a row, for a message."""
    names = list(row)
    more = f" and {len(names) - SHOWN_COLUMNS} more" if len(names) > SHOWN_COLUMNS else ""
    return (", ".join(map(str, names[:SHOWN_COLUMNS])) + more) or "no columns"
