"""Documents packed into contexts of a wanted length, for questions about many documents at once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from stream_synth.errors import ConfigError
from stream_synth.sources.rows import Row, Rows
from stream_synth.sources.windows import cut
from stream_synth.values import BadRow, Seed

HAN_PER_TOKEN, LETTERS_PER_TOKEN = 1.5, 4.0  # characters; tokenizers of today's models lie within a fifth of both
LEAST_DOCUMENTS = 3  # two that hold the evidence, one that does not
_HAN = re.compile(r"[\u3400-\u9fff\u3040-\u30ff]")
_WINDOW = re.compile(r"\s*window \d+$")


@dataclass(frozen=True, kw_only=True)
class Packed(Rows):
    """Rows with columns `documents`, a list of {title, text}, and `context_tokens`, the length they were packed to.

    Documents follow each other as the inner source reads them; windows of one document are one document again. One that is longer than
    a third of its context is cut. What is left at the end and fills less than half a context is a bad row. Holds one context.
    """

    source: Mapping[str, Any] = field(metadata={"help": "where the documents come from: {kind: documents, path: ...}"})
    context_tokens: Sequence[int] = field(
        default=(8_000, 16_000, 32_000, 64_000, 128_000), metadata={"help": "lengths, drawn for each context; estimated by characters"}
    )
    text_column: str = field(default="text", metadata={"help": "of the inner source"})
    draw_seed: int | None = field(default=None, metadata={"help": "of the lengths; left out: the run's seed"})

    def __post_init__(self) -> None:
        """Refuse what could never work."""
        super().__post_init__()
        if not self.context_tokens or min(self.context_tokens) < 1:
            raise ConfigError(f"source.context_tokens is {list(self.context_tokens)}; give lengths above 0, such as [8000, 32000]")
        self._inner()

    def _inner(self) -> Rows:
        from stream_synth.sources import made_source  # noqa: PLC0415  # a nested source may be of any kind

        return made_source(self.source)

    def rows(self) -> Iterator[Row | BadRow]:
        """Context by context."""
        number, held, filled, wanted = 1, list[dict[str, str]](), 0, self._wanted(1)
        for document in self._documents():
            if isinstance(document, BadRow):
                yield document
                continue
            rest = document["text"]
            while rest:
                piece, rest = _piece(rest, wanted)
                if filled + tokens_of(piece) > wanted and len(held) >= LEAST_DOCUMENTS:
                    yield Row({"documents": held, "context_tokens": wanted}, "packed", f"context {number}")
                    number += 1
                    held, filled, wanted = [], 0, self._wanted(number)
                held.append({"title": document["title"], "text": piece})
                filled += tokens_of(piece)
        if filled * 2 >= wanted and len(held) >= LEAST_DOCUMENTS:
            yield Row({"documents": held, "context_tokens": wanted}, "packed", f"context {number}")
        elif held:
            yield BadRow(f"packed context {number}", f"{len(held)} documents are left that fill no context of {wanted} tokens")

    def _wanted(self, number: int) -> int:
        return Random(f"{self.draw_seed or 0}:{number}").choice(list(self.context_tokens))  # noqa: S311  # reproducible, no secrets

    def _documents(self) -> Iterator[dict[str, str] | BadRow]:
        """Windows joined again."""
        last, title, parts = "", "", list[str]()
        for seed in self._inner().seeds():
            if isinstance(seed, BadRow):
                yield seed
                continue
            text = seed.fields.get(self.text_column)
            if not isinstance(text, str) or not text.strip():
                yield BadRow(
                    f"{seed.origin['source']} {seed.origin['place']}", f"column {self.text_column!r} holds no text (source.text_column)"
                )
                continue
            name = _name(seed)
            if name != last and parts:
                yield {"title": title, "text": "\n\n".join(parts)}
                parts = []
            if not parts:
                title = str(seed.fields.get("title") or "")
            last = name
            parts.append(text.strip())
        if parts:
            yield {"title": title, "text": "\n\n".join(parts)}


def tokens_of(text: str) -> int:
    """About how many tokens a model counts."""
    han = len(_HAN.findall(text))
    return round(han / HAN_PER_TOKEN + (len(text) - han) / LETTERS_PER_TOKEN)


def _name(seed: Seed) -> str:
    return f"{seed.origin['source']} {_WINDOW.sub('', str(seed.origin['place']))}"


def _piece(text: str, wanted: int) -> tuple[str, str]:
    """As much of a document as a third of a context holds, and the rest."""
    room = wanted // 3
    if tokens_of(text) <= room:
        return text, ""
    characters = max(1, int(len(text) * room / tokens_of(text)))
    return cut(text, characters, characters)
