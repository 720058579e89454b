"""The package's grids of questions in law, finance and medicine: sub-domain, kind of question, who asks; Chinese and English."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from itertools import product
from random import Random
from typing import Any

from stream_synth.errors import ConfigError
from stream_synth.sources.rows import Row, Rows
from stream_synth.values import BadRow

LANGUAGES = ("zh", "en")
_NAMES = {"law": "法律", "finance": "金融", "medicine": "医学"}
_AXES = ("subdomain", "type", "asker")


@dataclass(frozen=True, kw_only=True)
class Domains(Rows):
    """Cells `domain`, `subdomain`, `type`, `asker`, `lang`, each once, in an order drawn by `draw_seed`: any beginning is a fair sample.

    With all domains and both languages there are 2,520. Grids of your own are `kind: grid` with the same columns.
    """

    domains: Sequence[str] = field(default=tuple(_NAMES), metadata={"help": f"of {', '.join(_NAMES)}"})
    languages: Sequence[str] = field(default=LANGUAGES, metadata={"help": "of zh, en"})
    count: int | None = field(default=None, metadata={"help": "seeds at most"})
    draw_seed: int = field(default=0, metadata={"help": "of the order"})

    def __post_init__(self) -> None:
        """Refuse what could never work."""
        super().__post_init__()
        unknown = sorted({*self.domains} - {*_NAMES}) or sorted({*self.languages} - {*LANGUAGES})
        if unknown or not self.domains or not self.languages:
            raise ConfigError(
                f"source.domains may hold {', '.join(_NAMES)} and source.languages zh, en; not {', '.join(unknown) or 'nothing'}"
            )
        if self.count is not None and self.count < 1:
            raise ConfigError(f"source.count is {self.count}; give at least 1")

    @property
    def unique_ids(self) -> bool:
        """They are numbers of cells."""
        return not self.id

    def rows(self) -> Iterator[Row | BadRow]:
        """One cell each."""
        cells = [cell for lang in LANGUAGES if lang in self.languages for name in self.domains for cell in _cells(lang, name)]
        Random(self.draw_seed).shuffle(cells)  # noqa: S311  # reproducible order, no secrets
        for number, cell in enumerate(cells[: self.count], 1):
            yield Row(cell, "domains", f"cell {number}", id="/".join(cell.values()))


def _cells(lang: str, name: str) -> list[dict[str, Any]]:
    domain = _NAMES[name] if lang == "zh" else name
    axes = _grids(lang)[domain]
    made = (dict(zip(_AXES, values, strict=True)) for values in product(*(axes[axis] for axis in _AXES)))
    return [{"lang": lang, "domain": domain, **one} for one in made]


@cache
def _grids(lang: str) -> dict[str, dict[str, list[str]]]:
    found: dict[str, dict[str, list[str]]] = json.loads(
        (files("stream_synth.sources") / "grids" / f"{lang}.json").read_text(encoding="utf-8")
    )
    return found
