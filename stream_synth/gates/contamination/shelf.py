"""Where indexes of benchmarks are kept: those that ship with the package, and the user's own."""

from __future__ import annotations

import os
from pathlib import Path

from rapidfuzz import process

from stream_synth.errors import ConfigError
from stream_synth.gates.contamination.index import ItemIndex

SHIPPED = Path(__file__).with_name("indexes")


def user_shelf() -> Path:
    """The folder of the user's own indexes: `STREAM_SYNTH_EVALS`, else the user's cache. It need not exist."""
    chosen = os.environ.get("STREAM_SYNTH_EVALS")
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(chosen) if chosen else Path(cache) / "stream-synth" / "evals"


def known_indexes() -> dict[str, Path]:
    """Every benchmark by name. The user's own stand before shipped ones of the same name."""
    folders = (SHIPPED, user_shelf())
    return {path.stem: path for folder in folders if folder.is_dir() for path in sorted(folder.glob("*.npz"))}


def find_index(name: str) -> Path:
    """The file of a benchmark, by name or by path. `ConfigError` names the nearest known one."""
    if name.endswith(".npz") and Path(name).is_file():
        return Path(name)
    known = known_indexes()
    if name in known:
        return known[name]
    near = process.extractOne(name, list(known), score_cutoff=60)
    hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(known) or 'none'}"
    raise ConfigError(f"no benchmark is called {name!r}; {hint} (your own: `stream-synth evals add NAME FILE --text EXPR`)")


def load_indexes(names: tuple[str, ...]) -> list[ItemIndex]:
    """The indexes of these benchmarks, each once."""
    return [ItemIndex.load(find_index(name)) for name in dict.fromkeys(names)]
