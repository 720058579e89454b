"""Documents as seeds: text, Markdown, web pages, web archives and JSONL, cut into windows that a prompt can hold."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from stream_synth.errors import ConfigError
from stream_synth.sources import html
from stream_synth.sources.files import Broken, lines, matching, opened
from stream_synth.sources.jsonl import read_lines
from stream_synth.sources.rows import Row, Rows
from stream_synth.sources.warc import Page, pages
from stream_synth.sources.windows import Block, markdown_blocks, windows
from stream_synth.values import BadRow

KINDS = {
    ".txt": "text",
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".warc": "warc",
    ".wet": "warc",
}
_PACKED = frozenset({".gz", ".zst", ".zstd"})
_CHARSET = re.compile(rb"charset=[\"']?\s*([\w-]+)", re.IGNORECASE)
_MARKUP = re.compile(r"\s*<(?:!doctype html|html|head|body|div|article|main)\b", re.IGNORECASE)
HEAD_BYTES = 1_024  # a page names its encoding within these (HTML standard)
PIECE_BYTES = 1 << 16


@dataclass(frozen=True, kw_only=True)
class Documents(Rows):
    """Windows of documents with columns `text`, `title`, `section` (headers above it), `path`, `window` (number from 1).

    A folder is searched for .txt, .md, .html, .warc and .jsonl, also below it, and compressed. Tags, scripts, menus and advertisements of
    pages go. A JSONL file holds one document a line in column `text_column`; its other columns are there as well; pages
    in it are cleaned too. Windows of an archive
    have a column `url`. A document shorter than `min_chars` is a bad row with that reason.
    """

    path: str = field(metadata={"help": "folder, file, or a pattern such as books/**/*.md", "path": True})
    min_chars: int = field(default=600, metadata={"help": "shorter pieces join their neighbour: too little to ask about"})
    max_chars: int = field(default=3000, metadata={"help": "about 750 English or 2,000 Chinese tokens"})
    text_column: str = field(default="text", metadata={"help": "of JSONL documents"})

    def __post_init__(self) -> None:
        """Refuse what could never work."""
        super().__post_init__()
        if not 0 < self.min_chars <= self.max_chars // 2:  # else what is left over could not be shared evenly
            raise ConfigError(f"source.min_chars {self.min_chars} and max_chars {self.max_chars}: the second is at least twice the first")

    @property
    def described(self) -> str:
        """The path."""
        return self.path

    def rows(self) -> Iterator[Row | BadRow]:
        """Window by window."""
        for path in found(self.path):
            if kind_of(path) == "jsonl":
                yield from self._jsonl(path)
            elif kind_of(path) == "warc":
                yield from self._archive(path)
            else:
                yield from self._windows(blocks_of(path), path, {"title": "", "path": path.name}, "")

    def _jsonl(self, path: Path) -> Iterator[Row | BadRow]:
        for row in read_lines(path):
            if isinstance(row, BadRow):
                yield row
                continue
            text = row.columns.get(self.text_column)
            if not isinstance(text, str):
                yield BadRow(f"{path.name} {row.place}", f"column {self.text_column!r} holds no text (source.text_column)")
                continue
            rest = {name: value for name, value in row.columns.items() if name != self.text_column}
            blocks = html.blocks_of([text]) if _MARKUP.match(text) else markdown_blocks(text.split("\n"))
            yield from self._windows(blocks, path, {"title": "", "path": path.name, **rest}, f"{row.place} ")

    def _archive(self, path: Path) -> Iterator[Row | BadRow]:
        number = 0
        try:
            for number, page in enumerate(pages(path), 1):
                if isinstance(page, BadRow):
                    yield page
                else:
                    columns = {"title": "", "path": path.name, "url": page.url}
                    yield from self._windows(page_blocks(page), path, columns, f"page {number} ")
        except Broken as error:
            yield BadRow(f"{path.name} after page {number}", f"cannot be read from here on: {error}")

    def _windows(self, blocks: Iterator[Block], path: Path, columns: Mapping[str, Any], place: str) -> Iterator[Row | BadRow]:
        number = 0
        try:
            for number, window in enumerate(windows(blocks, self.min_chars, self.max_chars), 1):
                if len(window.text) < self.min_chars:
                    problem = f"{len(window.text)} characters, fewer than source.min_chars {self.min_chars}"
                    yield BadRow(f"{path.name} {place}window {number}", problem)
                    continue
                title = columns["title"] or (window.headers[0] if window.headers else path.name.partition(".")[0])
                made = {"text": window.text, "section": " > ".join(window.headers), "window": number}
                yield Row({**columns, **made, "title": title}, path.name, f"{place}window {number}")
        except (Broken, UnicodeDecodeError, EOFError, OSError) as error:
            yield BadRow(f"{path.name} {place}after window {number}", f"cannot be read from here on: {error}")


def found(path: str) -> list[Path]:
    """The documents of a folder or pattern, in name order."""
    if Path(path).is_dir():
        inside = sorted(one for one in Path(path).rglob("*") if one.is_file() and kind_of(one))
        if not inside:
            raise ConfigError(f"source.path {path} holds no document: {', '.join(KINDS)} are read")
        return inside
    several = matching(path)
    unread = [one for one in several if not kind_of(one)]
    if unread:
        raise ConfigError(f"source.path {unread[0]} is none of {', '.join(KINDS)}")
    return several


def kind_of(path: Path) -> str:
    """What a file is by its ending, compression aside; empty for others."""
    suffixes = [one.lower() for one in path.suffixes]
    if suffixes and suffixes[-1] in _PACKED:
        suffixes.pop()
    return KINDS.get(suffixes[-1], "") if suffixes else ""


def blocks_of(path: Path) -> Iterator[Block]:
    """Paragraphs and headers of one document, read as they are needed."""
    kind = kind_of(path)
    if kind == "html":
        yield from html.blocks_of(_pieces(path))
    else:
        text = (line.decode("utf-8") for _, line in lines(path) if line is not None)
        yield from markdown_blocks(text, headers=kind == "markdown")


def page_blocks(page: Page) -> Iterator[Block]:
    """Paragraphs and headers of a page of an archive."""
    encoding = _known(page.charset) if page.charset else _encoding(page.body[:HEAD_BYTES])
    text = page.body.decode(encoding, "replace")
    yield from html.blocks_of([text]) if page.kind == "html" else markdown_blocks(text.splitlines(), headers=False)


def _pieces(path: Path) -> Iterator[str]:
    with opened(path) as stream:
        head = stream.read(HEAD_BYTES)
        decoder = codecs.getincrementaldecoder(_encoding(head))(errors="replace")
        yield decoder.decode(head)
        yield from _decoded(stream, decoder)


def _decoded(stream: IO[bytes], decoder: codecs.IncrementalDecoder) -> Iterator[str]:
    while piece := stream.read(PIECE_BYTES):
        yield decoder.decode(piece)
    yield decoder.decode(b"", final=True)


def _encoding(head: bytes) -> str:
    """What the page says; Chinese national encodings by their superset, an unknown one as UTF-8."""
    named = _CHARSET.search(head)
    return _known(named[1].decode("ascii", "replace").lower() if named else "utf-8-sig")


def _known(name: str) -> str:
    if name in {"gb2312", "gbk", "gb18030"}:
        return "gb18030"
    try:
        codecs.lookup(name)
    except LookupError:
        return "utf-8-sig"
    return "utf-8-sig" if name in {"utf-8", "utf8"} else name
