"""A user's own benchmark, put on the user's shelf."""

from __future__ import annotations

import re
from pathlib import Path

from stream_synth.errors import ConfigError
from stream_synth.evals.reading import Columns, read_items
from stream_synth.gates.contamination import ItemIndex, build_index, user_shelf
from stream_synth.gates.contamination.suspects import save_texts, texts_file

_NAME = re.compile(r"[A-Za-z0-9][\w.-]*")


def add_benchmark(
    name: str, file: str, columns: Columns, *, split: str = "test", shelf: Path | None = None, keep_text: bool = False
) -> tuple[ItemIndex, Path]:
    """Index a file of items under a name that `contamination.benchmarks` can list; one of the same name is replaced.

    `keep_text`: the items' text is kept beside it, for the gate's judge.
    Raises `ConfigError` as `read_items` does, and for a name that is no file name.
    """
    if not _NAME.fullmatch(name):
        raise ConfigError(f"a benchmark cannot be called {name!r}: letters, digits, dots, hyphens and underscores make a name")
    items = list(read_items(file, columns, split=split))
    index = build_index(name, items, {"source": Path(file).name})
    path = (shelf or user_shelf()) / f"{name}.npz"
    texts_file(path).unlink(missing_ok=True)
    index.save(path)
    if keep_text:
        save_texts(path, items)
    return index, path
