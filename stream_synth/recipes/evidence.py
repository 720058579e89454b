"""Documents in one context: which of them belong together, in which order they stand, and where in it a quotation lies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from stream_synth.text.normal import normalise, squeezed
from stream_synth.text.tokens import tokens

READ = 20_000  # characters of a document that are compared with others
LEAST_QUOTED = 6  # characters: a shorter quotation may stand anywhere


@dataclass(frozen=True, slots=True)
class Document:
    """One of a context's documents."""

    title: str
    text: str

    def shown(self, number: int) -> str:
        """As a model sees it."""
        return f"[{number}] {self.title}\n{self.text}" if self.title else f"[{number}]\n{self.text}"


def documents_of(given: Any) -> list[Document]:  # noqa: ANN401  # whatever the seed holds
    """The documents of a field; what is no mapping with a text is left out."""
    listed = given if isinstance(given, Sequence) and not isinstance(given, str) else ()
    found = (Document(str(one.get("title") or ""), str(one.get("text") or "").strip()) for one in listed if isinstance(one, Mapping))
    return [one for one in found if one.text]


def related(documents: Sequence[Document], count: int, rng: Random) -> list[int]:
    """Places of `count` documents: one by chance, and those that share most of its rarer words."""
    words = [set(tokens(normalise(one.text[:READ]))) for one in documents]
    spread: dict[str, int] = {}
    for found in words:
        for word in found:
            spread[word] = spread.get(word, 0) + 1
    first = rng.randrange(len(documents))

    def kinship(place: int) -> tuple[float, float]:
        shared = words[first] & words[place]
        return sum(1 / spread[word] for word in shared) / (1 + len(words[place]) ** 0.5), rng.random()

    others = sorted((place for place in range(len(documents)) if place != first), key=kinship, reverse=True)
    return [first, *others[: count - 1]]


def arranged(count: int, evidence: Sequence[int], rng: Random) -> list[int]:
    """The places of all documents in a new order: each that holds evidence may stand anywhere with equal chance, so may the others."""
    slots = rng.sample(range(count), len(evidence))
    rest = [place for place in range(count) if place not in evidence]
    rng.shuffle(rest)
    order = dict(zip(slots, evidence, strict=True))
    return [order[slot] if slot in order else rest.pop() for slot in range(count)]


def is_quoted(span: str, text: str) -> bool:
    """The span stands in the text, space and width set aside."""
    wanted = squeezed(span)
    return len(wanted) >= LEAST_QUOTED and wanted in squeezed(text)


def depth_of(span: str, documents: Sequence[Document], place: int) -> float:
    """Where the span lies in the whole context, 0 at its beginning and 1 at its end; to within a line of its document."""
    before = sum(len(one.text) for one in documents[:place])
    text = squeezed(documents[place].text)
    inside = max(text.find(squeezed(span)), 0) / max(len(text), 1) * len(documents[place].text)
    return round((before + inside) / max(sum(len(one.text) for one in documents), 1), 4)
