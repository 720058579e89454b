"""Pages of web archives: WARC files as crawlers write them, and WET files that hold their text."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import IO

from stream_synth.sources.files import MAX_LINE_BYTES, Broken, opened
from stream_synth.values import BadRow

MAX_PAGE_BYTES = 16 << 20  # a longer record is a download, not a page; it would sit in memory whole
MAX_HEADER_LINES = 500
_SKIP = 1 << 20
_PAGES = {"text/html": "html", "application/xhtml+xml": "html", "text/plain": "text"}


@dataclass(frozen=True, slots=True)
class Page:
    """One page as it was fetched."""

    url: str
    kind: str  # html or text
    charset: str  # empty where the server named none
    body: bytes


def pages(path: Path) -> Iterator[Page | BadRow]:
    """The pages of a .warc or .warc.gz file in order; requests, metadata, errors and other media are left out.

    Raises `Broken` where the file is damaged from some place on.
    """
    with opened(path) as stream:
        number = 0
        while True:
            try:
                headers = _record(stream)
                if headers is None:
                    return
                number += 1
                block = _block(stream, int(headers.get("content-length", "")))
            except (EOFError, OSError, zlib.error, ValueError) as error:
                raise Broken(f"the archive is damaged or cut off after record {number}: {error}") from error
            if block is None:
                yield BadRow(f"{path.name} record {number}", f"longer than {MAX_PAGE_BYTES >> 20} MiB")
            else:
                yield from _page(headers, block, f"{path.name} record {number}")


def _record(stream: IO[bytes]) -> dict[str, str] | None:
    """Headers of the next record; None at the end of the file."""
    line = b"\r\n"
    while line in {b"\r\n", b"\n"}:
        line = stream.readline(MAX_LINE_BYTES)
    if not line:
        return None
    if not line.startswith(b"WARC/"):
        raise ValueError("no WARC record begins here")
    return _headers(stream)


def _headers(stream: IO[bytes]) -> dict[str, str]:
    """Names in lower case. Raises `ValueError` where they do not end."""
    headers: dict[str, str] = {}
    for _ in range(MAX_HEADER_LINES):
        line = stream.readline(MAX_LINE_BYTES)
        if line in {b"\r\n", b"\n", b""}:
            return headers
        name, _, value = line.decode("utf-8", "replace").partition(":")
        headers[name.strip().lower()] = value.strip()
    raise ValueError("a header without end")


def _block(stream: IO[bytes], length: int) -> bytes | None:
    """The record's content; None, read past, when it is too long."""
    if length <= MAX_PAGE_BYTES:
        block = stream.read(length)
        if len(block) < length:
            raise EOFError("the last record is cut off")
        return block
    while length > 0 and (skipped := len(stream.read(min(length, _SKIP)))):
        length -= skipped
    return None


def _page(headers: Mapping[str, str], block: bytes, place: str) -> Iterator[Page | BadRow]:
    url = headers.get("warc-target-uri", "").strip("<>")
    if headers.get("warc-type") == "conversion":  # a WET record: the text alone
        yield Page(url, "text", "utf-8", block)
    elif headers.get("warc-type") in {"response", "resource"}:
        said, body = (headers, block) if headers["warc-type"] == "resource" else _http(block)
        media, _, rest = said.get("content-type", "").partition(";")
        kind = _PAGES.get(media.strip().lower())
        if kind is None or said.get(":status", "200") != "200":
            return
        try:
            yield Page(url, kind, _charset(rest), _unpacked(body, said))
        except (OSError, EOFError, zlib.error, ValueError) as error:
            yield BadRow(place, f"the page cannot be unpacked: {error}")


def _http(block: bytes) -> tuple[dict[str, str], bytes]:
    """Headers of an HTTP reply, its status under `:status`, and its body."""
    head, _, body = block.partition(b"\r\n\r\n")
    status, *lines = head.decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in lines)
    return {
        ":status": status.split(" ", 2)[1] if " " in status else "",
        **{name.strip().lower(): value.strip() for name, _, value in pairs},
    }, body


def _charset(rest: str) -> str:
    found = next((part.partition("=")[2] for part in rest.split(";") if part.strip().lower().startswith("charset=")), "")
    return found.strip(" \"'").lower()


def _unpacked(body: bytes, headers: Mapping[str, str]) -> bytes:
    """Chunks joined and compression undone, where the crawler kept them as they came; within `MAX_PAGE_BYTES`."""
    if headers.get("transfer-encoding", "").lower() == "chunked":
        body = _joined(body)
    match headers.get("content-encoding", "").lower():
        case "gzip" if body[:2] == b"\x1f\x8b":
            return gzip.GzipFile(fileobj=BytesIO(body)).read(MAX_PAGE_BYTES)
        case "deflate":
            return zlib.decompressobj().decompress(body, MAX_PAGE_BYTES)
        case "" | "identity" | "gzip":
            return body
        case other:
            raise ValueError(f"content-encoding {other}")


def _joined(body: bytes) -> bytes:
    """Chunks of an HTTP body; a body that is joined already stays."""
    whole, rest = b"", body
    while rest:
        size, mark, after = rest.partition(b"\r\n")
        try:
            length = int(size.partition(b";")[0], 16)
        except ValueError:
            return body
        if not mark or not length:
            return whole
        whole, rest = whole + after[:length], after[length + 2 :]
    return whole
