"""Files that a configuration names: beside it first, then in the working directory."""

from __future__ import annotations

import glob
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any


def located(kind: type[Any], given: Mapping[str, Any], folder: Path | None) -> dict[str, Any]:
    """Options of a source or gate with their paths made absolute, as their fields' metadata asks for."""
    found = dict(given)
    for one in fields(kind):
        value = given.get(one.name)
        if one.metadata.get("path") and isinstance(value, str) and value:
            found[one.name] = beside(value, folder)
        elif one.metadata.get("paths") and isinstance(value, list | tuple):
            found[one.name] = [beside(path, folder) if isinstance(path, str) else path for path in value]
        elif one.metadata.get("path_or_name") and isinstance(value, str) and _there(path := beside(value, folder)):
            found[one.name] = path
        elif one.metadata.get("folder"):
            found[one.name] = beside(value or ".", folder) if value is None or isinstance(value, str) else value
    return found


def beside(path: str, folder: Path | None) -> str:
    """The absolute path or pattern: beside the configuration where something is there, else in the working directory.

    Where nothing is there, beside the configuration: that is what the message names.
    """
    wanted = Path(path).expanduser()
    places = [base / wanted for base in (folder, Path.cwd()) if base is not None]
    return str(next((place for place in places if _there(str(place))), places[0]).absolute())


def _there(path: str) -> bool:
    return Path(path).exists() or next(glob.iglob(path, recursive=True), None) is not None  # noqa: PTH207  # patterns may be absolute
