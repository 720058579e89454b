from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stream_synth.errors import ConfigError
from stream_synth.sources.documents import Documents
from stream_synth.sources.html import blocks_of
from stream_synth.sources.windows import Block, Window, markdown_blocks, windows
from stream_synth.values import BadRow, Seed

PAGE = """<!doctype html><html><head><title>Rivers - Site</title><style>p{color:red}</style><script>var ad = "<p>no</p>";</script></head>
<body><header><nav><a href="/">Home</a><a>About</a></nav></header>
<div class="site-sidebar"><div>Most read</div><p>Other story</p></div>
<main><h1>Rivers</h1><p>Rivers carry <b>water</b>
   and sand.</p><div class="ad-box"><div>Buy now</div></div><h2>Floods</h2><p>They flood &amp; dry up.<br>Every year.</p>
<ul><li>one</li><li>two</li></ul><table><tr><td>a</td><td>b</td></tr></table><pre>x = 1
  y = 2</pre></main><footer>Copyright</footer></body></html>"""


def test_a_page_keeps_its_text_and_nothing_else() -> None:
    """Tags, scripts, menus and advertisements go; headers, lists, cells and code stay."""
    blocks = list(blocks_of([PAGE]))

    assert blocks == [
        Block("Rivers - Site", 1),
        Block("Rivers", 1),
        Block("Rivers carry water and sand."),
        Block("Floods", 2),
        Block("They flood & dry up.\nEvery year."),
        Block("one"),
        Block("two"),
        Block("a b"),
        Block("x = 1\n  y = 2"),
    ]


@pytest.mark.parametrize("size", [1, 7, 64])
def test_a_page_may_come_in_pieces(size: int) -> None:
    """Borders between pieces, even inside tags and entities, change nothing."""
    pieces = [PAGE[at : at + size] for at in range(0, len(PAGE), size)]

    assert list(blocks_of(pieces)) == list(blocks_of([PAGE]))


def test_markdown_headers_stand_alone_and_code_holds_none() -> None:
    """A number sign inside fenced code is no header."""
    lines = ["# Top", "text", "more", "", "```", "# comment", "", "x", "```", "## Sub ##"]

    assert list(markdown_blocks(lines)) == [
        Block("Top", 1),
        Block("text\nmore"),
        Block("```\n# comment\n\nx\n```"),
        Block("Sub", 2),
    ]


def test_windows_follow_headers() -> None:
    """A section that is long enough is a window under its headers; a short one joins the next."""
    blocks = [Block("A", 1), Block("a" * 700), Block("B", 2), Block("b" * 100), Block("C", 2), Block("c" * 800)]

    made = list(windows(blocks, 600, 3000))

    assert [(len(window.text), window.headers) for window in made] == [(703, ("A",)), (908, ("A", "B"))]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(1, 500)), max_size=30))
def test_windows_keep_their_bounds_and_lose_nothing(shape: list[tuple[int, int]]) -> None:
    """Every window is within the bounds, unless the whole document is shorter, and every letter is in exactly one."""
    blocks = [Block(f"h{n}", level) if level else Block("字。" * (size // 2) + "字" * (size % 2)) for n, (level, size) in enumerate(shape)]

    made = list(windows(blocks, 60, 200))

    letters = sum(block.text.count("字") for block in blocks if not block.level)
    assert sum(window.text.count("字") for window in made) == letters
    assert all(len(window.text) <= 200 for window in made)
    assert all(len(window.text) >= 60 for window in made) or len(made) == 1


def test_a_long_paragraph_is_cut_after_a_sentence() -> None:
    """Chinese full stops end sentences too."""
    (first, *_) = windows([Block("水往低处流。" * 100)], 60, 200)

    assert isinstance(first, Window)
    assert first.text.endswith("。")


def test_a_folder_is_read_by_what_its_files_are(tmp_path: Path) -> None:
    """Text, Markdown, pages (with their own encoding), JSONL and compressed files; other files are left alone."""
    (tmp_path / "a.txt").write_text("plain text. " * 60, encoding="utf-8")
    (tmp_path / "b.md").write_text("# Title\n\n" + "words here. " * 60, encoding="utf-8")
    (tmp_path / "c.html").write_bytes(("<meta charset=gbk><h1>标题</h1><p>" + "中文正文。" * 200).encode("gbk"))
    (tmp_path / "d.jsonl").write_text('{"text": "' + "a line. " * 100 + '", "doc": 4}\n{"no": 1}\n', encoding="utf-8")
    (tmp_path / "e.txt.gz").write_bytes(gzip.compress(b"packed text. " * 60))
    (tmp_path / "f.png").write_bytes(b"\x89PNG")

    rows = list(Documents(path=str(tmp_path)).seeds())

    seeds = [row for row in rows if isinstance(row, Seed)]
    assert [seed.fields["path"] for seed in seeds] == ["a.txt", "b.md", "c.html", "d.jsonl", "e.txt.gz"]
    assert [seed.fields["title"] for seed in seeds] == ["a", "Title", "标题", "d", "e"]
    assert seeds[3].fields["doc"] == 4
    assert [row.position for row in rows if isinstance(row, BadRow)] == ["d.jsonl line 2"]


def test_a_document_that_is_too_short_is_told(tmp_path: Path) -> None:
    """It is not dropped in silence."""
    (tmp_path / "a.txt").write_text("short", encoding="utf-8")

    (row,) = Documents(path=str(tmp_path)).seeds()

    assert row == BadRow("a.txt window 1", "5 characters, fewer than source.min_chars 600")


def test_a_folder_without_documents_is_refused(tmp_path: Path) -> None:
    """The kinds that are read are named."""
    with pytest.raises(ConfigError, match=r"holds no document: \.txt"):
        list(Documents(path=str(tmp_path)).seeds())


def test_pages_in_a_jsonl_file_are_cleaned(tmp_path: Path) -> None:
    """A column that holds markup is a page; one that only mentions a tag is text."""
    page = f"<html><body><nav>Home</nav><p>{'The sea comes up. ' * 20}</p></body></html>"
    rows = [{"text": page}, {"text": "Write <div> for a block. " * 20}]
    (tmp_path / "d.jsonl").write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")

    texts = [
        str(seed.fields["text"]) for seed in Documents(path=str(tmp_path), min_chars=100, max_chars=1000).seeds() if isinstance(seed, Seed)
    ]

    assert texts[0].startswith("The sea")
    assert "<div>" in texts[1]
