"""Quoted spans of a text, and whether they stand in the document they are quoted from."""

from __future__ import annotations

import re

from stream_synth.text.length import words
from stream_synth.text.normal import squeezed

SPAN_WORDS = 3  # shorter quotations are terms and titles, which need no source
_QUOTED = re.compile(r"“([^“”]+)”|「([^「」]+)」|『([^『』]+)』|«([^«»]+)»|\"([^\"\n]+)\"")
_LEFT_OUT = re.compile(r"\[?(?:…+|\.{3,})\]?")
_EDGES = " ,.;:!?，。；：！？、'‘’"


def quoted_spans(text: str) -> list[str]:
    """What stands in quotation marks and is at least three words long, punctuation at the edges left out; parts around "..." apart."""
    quoted = ("".join(groups) for groups in _QUOTED.findall(text))
    parts = (part.strip(_EDGES) for quote in quoted for part in _LEFT_OUT.split(quote))
    return [part for part in parts if words(part) >= SPAN_WORDS]


def not_in(document: str, spans: list[str]) -> list[str]:
    """The spans that the document does not hold, apart from width, case and space."""
    held = squeezed(document)
    return [span for span in spans if squeezed(span) not in held]
