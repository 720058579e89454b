"""Readable text out of a web page: no tags, scripts, menus or advertisements. Works on a stream of pieces."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from html.parser import HTMLParser

from stream_synth.sources.windows import Block


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Never text of the page. A <header> stays: articles keep their title there, and a site's own holds little besides its <nav>.
_DROPPED = _words("""
    script style noscript template nav aside footer form button select textarea svg canvas iframe object video audio menu dialog
""")
_VOID = _words("area base br col embed hr img input link meta param source track wbr")
_BREAKING = _words("""
    p div section article main header body ul ol li dl dt dd table tr blockquote pre figure figcaption hr address details summary
""")
_HEADERS = {f"h{level}": level for level in range(1, 7)}
# Words of class, id and role that menus and advertisements carry; whole words, so that `header-text` or `adult` stays.
_MARKS = _words("""
    ad ads adv advert advertisement adsbygoogle banner breadcrumb breadcrumbs cookie cookies comments copyright footer menu nav navbar
    navigation newsletter pagination popup promo promotion related share sharing sidebar social sponsor sponsored toolbar
""")
_WORD = re.compile(r"[a-z]+")
_SPACE = re.compile(r"[ \t\r\n\f\u00a0]+")


def blocks_of(pieces: Iterable[str]) -> Iterator[Block]:
    """Paragraphs and headers of the page, in order."""
    page = _Page()
    for piece in pieces:
        page.feed(piece)
        yield from page.taken()
    page.close()
    page.end_block()
    yield from page.taken()


class _Page(HTMLParser):
    """Collects blocks while it is fed."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._blocks: list[Block] = []
        self._words: list[str] = []
        self._level = 0
        self._dropping = ""  # the tag whose content is dropped
        self._depth = 0
        self._verbatim = 0  # inside <pre>

    def taken(self) -> list[Block]:
        """The blocks that are complete, once."""
        blocks, self._blocks = self._blocks, []
        return blocks

    def end_block(self) -> None:
        """What was collected is a block."""
        text = "".join(self._words)
        text = text.strip("\n") if self._verbatim else "\n".join(_SPACE.sub(" ", line).strip() for line in text.split("\0")).strip()
        if text.strip():
            self._blocks.append(Block(text, self._level))
        self._words = []

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        """Begin or go deeper."""
        if self._dropping:
            self._depth += tag == self._dropping
            return
        if tag not in _VOID and (tag in _DROPPED or (tag not in {"html", "body", "main", "article"} and _unwanted(attrs))):
            self._dropping, self._depth = tag, 1
            self.end_block()
            return
        if tag == "br":
            self._words.append("\n" if self._verbatim else "\0")
        elif tag in {"td", "th"}:
            self._words.append(" ")
        elif tag in _BREAKING or tag in _HEADERS or tag == "title":
            self.end_block()
            self._level = _HEADERS.get(tag, 1 if tag == "title" else 0)
            self._verbatim += tag == "pre"

    def handle_startendtag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        """`<br/>` begins and never ends."""
        if tag in _VOID:
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        """Come back up."""
        if self._dropping:
            self._depth -= tag == self._dropping
            if not self._depth:
                self._dropping = ""
        elif tag in _BREAKING or tag in _HEADERS or tag == "title":
            self.end_block()
            self._level = 0
            if tag == "pre":
                self._verbatim = max(0, self._verbatim - 1)

    def handle_data(self, data: str) -> None:
        """Text, unless it is dropped."""
        if not self._dropping:
            self._words.append(data)


def _unwanted(attrs: Sequence[tuple[str, str | None]]) -> bool:
    for name, value in attrs:
        if name == "hidden" or (name == "aria-hidden" and value == "true"):
            return True
        if name in {"class", "id", "role"} and value and any(_marked(one) for one in value.lower().split()):
            return True
    return False


def _marked(name: str) -> bool:
    """`site-nav`, `ad_box`, `sidebar`; not `address`, and not long names, which tell of the whole page: `page-with-left-sidebar`."""
    words = _WORD.findall(name)
    return len(words) <= 3 and not _MARKS.isdisjoint(words)
