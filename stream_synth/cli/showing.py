"""How things look on a terminal. Text from models and files is untrusted: it is shown, never obeyed."""

from __future__ import annotations

import io
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TextIO

import orjson

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.table import Table

HIDDEN = {"Cc", "Cf", "Cs", "Co"}  # control, format (bidirectional overrides among them), surrogates, private use
FILE_WIDTH = 10_000  # a pipe or file has no edge to wrap at
READING_WIDTH = 100  # of what is written to be read, not computed with, in a pipe or file too
REASON_CHARACTERS = 300  # of why a seed failed: an error message
SAMPLE_CHARACTERS = 1_200  # of one text: a screenful


def visible(text: str, limit: int | None = None) -> str:
    """The text with characters that would move a cursor, hide or reorder shown as escapes; cut at `limit` characters."""
    cut = text if limit is None or len(text) <= limit else f"{text[:limit]} … ({len(text)} characters)"
    return "".join(letter if letter in "\n\t" or unicodedata.category(letter) not in HIDDEN else escaped(letter) for letter in cut)


def escaped(letter: str) -> str:
    """One character as Python would write it."""
    return letter.encode("unicode_escape", "surrogatepass").decode()


def plain_console(stream: TextIO, file_width: int = FILE_WIDTH) -> Console:
    """A console without markup, emoji codes or highlighting: what is printed is what is meant."""
    from rich.console import Console  # noqa: PLC0415  # 100 ms that `--help` must not pay

    width = None if stream.isatty() else file_width
    return Console(file=stream, markup=False, emoji=False, highlight=False, width=width)


def table(
    columns: Sequence[str], rows: Iterable[Sequence[object]], *, title: str | None = None, cell_characters: int | None = None
) -> Table:
    """A table of anything; numbers to the right, values longer than `cell_characters` cut."""
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    kept = [list(row) for row in rows]
    made = Table(title=title, title_justify="left", header_style="bold", show_edge=False, pad_edge=False)
    for place, column in enumerate(columns):
        numeric = bool(kept) and all(isinstance(row[place], int | float) or row[place] is None for row in kept)
        made.add_column(Text(visible(column)), justify="right" if numeric else "left", overflow="fold")
    for row in kept:
        made.add_row(*(Text(visible(cell(value), cell_characters)) for value in row))
    return made


def cell(value: object) -> str:
    """One value as text."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.6g}"
    return str(value)


def show(*things: RenderableType, file_width: int = FILE_WIDTH) -> None:
    """Print results on stdout; `file_width` is where a pipe or file wraps."""
    plain_console(sys.stdout, file_width).print(*things, sep="\n")


def as_text(made: Table) -> str:
    """The table as a file holds it: as wide as it needs to be, without colour."""
    text = io.StringIO()
    plain_console(text).print(made)
    return text.getvalue()


def to_json(value: Any) -> str:  # noqa: ANN401  # any value that SQL or a summary holds
    """JSON on one line, letters as themselves."""
    return orjson.dumps(value, default=plain, option=orjson.OPT_NON_STR_KEYS).decode()


def plain(value: object) -> object:
    """What JSON has no word for: sums come as decimals from SQL, bytes as hex."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value.hex() if isinstance(value, bytes) else str(value)


def print_json(value: Any) -> None:  # noqa: ANN401  # any JSON value
    """One line of JSON on stdout."""
    print(to_json(value), flush=True)


def say(message: str) -> None:
    """One line about how it went, on stderr: results alone go to stdout."""
    print(visible(message), file=sys.stderr, flush=True)


def in_bytes(number: float) -> str:
    """Bytes with a unit."""
    for size, unit in ((1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")):
        if number >= size:
            return f"{number / size:.1f} {unit}"
    return f"{number:.0f} B"
