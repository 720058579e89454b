"""Rows of a run drawn by chance."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import orjson

from stream_synth.store.store import Store
from stream_synth.values import Json


def drawn_rows(store: Store, recipe: str, limit: int, *, rejected: bool = False) -> Iterator[tuple[str, str, str, str, Json, str]]:
    """(id, lang, prompt, response, meta, "step/reason") of a label's rows: accepted ones, or those that the recipe itself rejected."""
    said = "replace(gate, 'recipe:', '') || '/' || reason" if rejected else "''"
    which = "rejections WHERE starts_with(gate, 'recipe:') AND" if rejected else "samples WHERE"
    rows = f"SELECT id, lang, prompt, response, meta, {said} FROM {which} recipe = ?"  # noqa: S608  # names written here
    with closing(store.cursor()) as cursor:
        for *row, meta, reason in cursor.execute(f"FROM ({rows}) USING SAMPLE {int(limit)} ROWS", [recipe]).fetchall():
            yield (*row, orjson.loads(meta or "{}"), reason)
