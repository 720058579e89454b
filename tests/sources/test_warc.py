from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from stream_synth.sources.documents import Documents
from stream_synth.sources.files import Broken
from stream_synth.sources.warc import MAX_PAGE_BYTES, pages
from stream_synth.values import BadRow, Seed

HTML = "<html><head><title>{title}</title></head><body><nav>Home Shop</nav><p>{text}</p></body></html>"
TIDES = "Twice a day the sea comes up the beach and goes down again. " * 5
ZH_TIDES = "每天两次，海水漫上沙滩，又退回去。" * 10


def record(kind: str, block: bytes, url: str = "http://a.example/1") -> bytes:
    head = f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\nContent-Length: {len(block)}\r\n\r\n"
    return head.encode() + block + b"\r\n\r\n"


def reply(body: bytes, *headers: str, status: str = "200 OK", media: str = "text/html") -> bytes:
    return "\r\n".join([f"HTTP/1.1 {status}", f"Content-Type: {media}", *headers, "", ""]).encode() + body


def archive(folder: Path, *records: bytes, packed: bool = True) -> Path:
    """As crawlers write them: each record compressed by itself."""
    path = folder / ("crawl.warc.gz" if packed else "crawl.warc")
    path.write_bytes(b"".join(gzip.compress(one) if packed else one for one in records))
    return path


@pytest.mark.parametrize("packed", [True, False])
def test_pages_become_windows(tmp_path: Path, packed: bool) -> None:  # noqa: FBT001
    """In either language and encoding, without menus, each with its address; what is no page is left out."""
    gbk = HTML.format(title="潮汐", text=ZH_TIDES).encode("gb18030")
    archive(
        tmp_path,
        record("warcinfo", b"software: x"),
        record("request", b"GET / HTTP/1.1\r\n\r\n"),
        record("response", reply(HTML.format(title="Tides", text=TIDES).encode())),
        record("response", reply(gbk, media="text/html; charset=GBK"), url="http://b.example/潮"),
        record("response", reply(b"\x89PNG", media="image/png")),
        record("response", reply(b"<p>gone</p>", status="404 Not Found")),
        record("conversion", TIDES.encode()),
        packed=packed,
    )

    seeds = [seed for seed in Documents(path=str(tmp_path), min_chars=100, max_chars=1000).seeds() if isinstance(seed, Seed)]

    assert [seed.fields["title"] for seed in seeds] == ["Tides", "潮汐", "crawl"]
    assert [seed.fields["url"] for seed in seeds] == ["http://a.example/1", "http://b.example/潮", "http://a.example/1"]
    assert str(seeds[1].fields["text"]).endswith(ZH_TIDES)
    assert all("Shop" not in str(seed.fields["text"]) for seed in seeds)


def test_bodies_as_they_came_are_unpacked(tmp_path: Path) -> None:
    """Chunked, compressed, or said to be compressed when the crawler had unpacked it."""
    page = HTML.format(title="t", text=TIDES).encode()
    chunked = b"%x\r\n%s\r\n%x;x=y\r\n%s\r\n0\r\n\r\n" % (10, page[:10], len(page) - 10, page[10:])
    path = archive(
        tmp_path,
        record("response", reply(chunked, "Transfer-Encoding: chunked")),
        record("response", reply(gzip.compress(page), "Content-Encoding: gzip")),
        record("response", reply(page, "Content-Encoding: gzip", "Transfer-Encoding: chunked")),
        record("response", reply(page, "Content-Encoding: br")),
    )

    found = list(pages(path))

    assert [one.body if not isinstance(one, BadRow) else one.problem for one in found] == [
        page,
        page,
        page,
        "the page cannot be unpacked: content-encoding br",
    ]


def test_a_record_that_is_too_long_is_told_and_passed(tmp_path: Path) -> None:
    """The page after it is read."""
    path = archive(tmp_path, record("response", b"x" * (MAX_PAGE_BYTES + 1)), record("response", reply(b"<p>a</p>")))

    long, page = pages(path)

    assert long == BadRow("crawl.warc.gz record 1", "longer than 16 MiB")
    assert not isinstance(page, BadRow)


@pytest.mark.parametrize("cut", [30, 200])
def test_an_archive_that_ends_too_soon(tmp_path: Path, cut: int) -> None:
    """What came before is read; the rest is one bad row."""
    whole = record("response", reply(HTML.format(title="t", text=TIDES).encode()))
    path = archive(tmp_path, whole, packed=False)
    path.write_bytes(whole + whole[:-cut])

    with pytest.raises(Broken, match="after record"):
        list(pages(path))
    read = list(Documents(path=str(path), min_chars=100, max_chars=1000).seeds())
    assert [type(one) for one in read] == [Seed, BadRow]


def test_a_file_that_is_no_archive(tmp_path: Path) -> None:
    """Said at its beginning."""
    path = tmp_path / "x.warc"
    path.write_bytes(b"hello\n")

    with pytest.raises(Broken, match="no WARC record begins here"):
        list(pages(path))
