"""JSON Lines, plain or compressed, and JSON files that hold one list."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import IO, Any

import orjson

from stream_synth.sources.files import MAX_LINE_BYTES, Broken, lines, matching, opened
from stream_synth.sources.rows import Row, Rows
from stream_synth.values import BadRow

_HUGE = re.compile(rb"\d{19}")  # whole numbers that orjson would round to a float
_BETWEEN = re.compile(r"[ \t\r\n,]*")
PIECE_BYTES = 1 << 16


@dataclass(frozen=True, kw_only=True)
class Jsonl(Rows):
    """One JSON object a line; `.gz` and `.zst` are read through. Blank lines are no rows."""

    path: str = field(metadata={"help": "file, or a pattern such as data/*.jsonl", "path": True})

    @property
    def described(self) -> str:
        """The path."""
        return self.path

    def rows(self) -> Iterator[Row | BadRow]:
        """Line by line."""
        for path in matching(self.path):
            yield from read_lines(path)


def read_lines(path: Path) -> Iterator[Row | BadRow]:
    """The objects of one file."""
    try:
        for number, line in lines(path):
            if line is None:
                yield BadRow(f"{path.name} line {number}", f"longer than {MAX_LINE_BYTES >> 20} MiB")
            elif line.strip():
                columns = parsed(line)
                if isinstance(columns, str):
                    yield BadRow(f"{path.name} line {number}", columns)
                else:
                    yield Row(columns, path.name, f"line {number}")
    except Broken as error:
        yield BadRow(f"{path.name} end", str(error))


def parsed(line: bytes) -> dict[str, Any] | str:
    """The object, or what is wrong with it."""
    try:
        value = json.loads(line) if _HUGE.search(line) else orjson.loads(line)
    except (ValueError, RecursionError) as error:  # UnicodeDecodeError and both JSON errors are ValueErrors
        return f"not valid JSON: {error}"
    return value if isinstance(value, dict) else f"a JSON {type(value).__name__}, not an object"


@dataclass(frozen=True, kw_only=True)
class Json(Rows):
    """A JSON file that holds one list of objects (Alpaca's form). It is read piece by piece, not whole."""

    path: str = field(metadata={"help": "file, or a pattern such as data/*.json", "path": True})

    @property
    def described(self) -> str:
        """The path."""
        return self.path

    def rows(self) -> Iterator[Row | BadRow]:
        """Element by element."""
        for path in matching(self.path):
            yield from read_list(path)


def read_list(path: Path) -> Iterator[Row | BadRow]:
    """The objects of one list. Where its syntax breaks, nothing after it can be told apart: the rest is one bad row."""
    number = 0
    try:
        for number, element in enumerate(_elements(path), 1):  # its last value tells where it broke
            place = f"element {number}"
            if isinstance(element, dict):
                yield Row(element, path.name, place)
            else:
                yield BadRow(f"{path.name} {place}", f"a JSON {type(element).__name__}, not an object")
    except (ValueError, EOFError, OSError) as error:
        yield BadRow(f"{path.name} after element {number}", f"not valid JSON from here on: {error}")


def _elements(path: Path) -> Iterator[Any]:
    """Elements of the list in the file. Commas are taken for blanks: what stands between elements does not change them."""
    decode = json.JSONDecoder().raw_decode
    with opened(path) as raw:
        pieces = _pieces(raw)
        text = next(pieces, "").removeprefix("\ufeff").lstrip()
        if text and text[0] != "[":
            raise ValueError("the file holds no list; use kind: jsonl for one object a line")
        at = 1
        while text:
            at = _BETWEEN.match(text, at).end()  # type: ignore[union-attr]  # it matches nothing, too
            if text.startswith("]", at):
                return
            try:
                element, at = decode(text, at)
            except ValueError:
                more = "".join(islice(pieces, 1 + (len(text) - at) // PIECE_BYTES))  # doubles: a long element is tried few times
                if not more or len(text) - at > MAX_LINE_BYTES:
                    raise
                text, at = text[at:] + more, 0
                continue
            yield element


def _pieces(raw: IO[bytes]) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder("utf-8")()
    while piece := raw.read(PIECE_BYTES):
        yield decoder.decode(piece)
    yield decoder.decode(b"", final=True)
