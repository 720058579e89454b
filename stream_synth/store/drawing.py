"""Rows of a run drawn by chance."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import TypeAlias

import orjson

from stream_synth.store.store import Store
from stream_synth.values import Json

Drawn: TypeAlias = tuple[str, str, str, str, Json, str]  # id, lang, prompt, response, meta, "step/reason"
_COLUMNS = "id, lang, prompt, response, meta"
_ACCEPTED = f"SELECT {_COLUMNS}, '' FROM samples WHERE"  # noqa: S608  # names written here
_REJECTED = f"SELECT {_COLUMNS}, replace(gate, 'recipe:', '') || '/' || reason FROM rejections WHERE starts_with(gate, 'recipe:') AND"  # noqa: S608


def drawn_rows(store: Store, recipe: str, limit: int, *, rejected: bool = False) -> Iterator[Drawn]:
    """A label's rows: accepted ones, or those that the recipe itself rejected."""
    return _sampled(store, f"{_REJECTED if rejected else _ACCEPTED} recipe = ?", [recipe], limit)


def fed_rows(store: Store, pool: str, limit: int) -> Iterator[Drawn]:
    """The rows that any label fed into this pool: their meta says after which decision they belong there."""
    rows = "json_extract_string(meta, '$.pools.' || ?) IN"
    query = f"{_ACCEPTED} {rows} ('accepted', 'decided') UNION ALL {_REJECTED} {rows} ('rejected', 'decided')"
    return _sampled(store, query, [pool, pool], limit)


def _sampled(store: Store, rows: str, values: Sequence[str], limit: int) -> Iterator[Drawn]:
    with closing(store.cursor()) as cursor:
        for *row, meta, reason in cursor.execute(f"FROM ({rows}) USING SAMPLE {int(limit)} ROWS", list(values)).fetchall():
            yield (*row, orjson.loads(meta or "{}"), reason)
