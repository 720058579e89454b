"""Files of a source: found or named with the nearest one, opened through compression, read line by line."""

from __future__ import annotations

import glob
import gzip
import io
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from rapidfuzz import fuzz, process

from stream_synth.errors import ConfigError

MAX_LINE_BYTES = 64 << 20  # a longer line is a broken file, and would sit in memory whole
BUFFER_BYTES = 1 << 20
GZIP_BUFFER_BYTES = 1 << 14  # what a damaged file may lose before the damage
BOM = b"\xef\xbb\xbf"
NEAR_ENOUGH = 60.0  # of 100: a name with a typo or two; below, the suggestion would puzzle
_WILD = frozenset("*?[")


def matching(path: str) -> list[Path]:
    """The files behind a path or a pattern such as `data/*.jsonl`, in name order. Raises `ConfigError` with the nearest name."""
    if not path:
        raise ConfigError("source.path is missing: name a file")
    if _WILD.isdisjoint(path) or Path(path).exists():
        return [existing(Path(path))]
    found = [Path(name) for name in sorted(glob.glob(path, recursive=True)) if Path(name).is_file()]  # noqa: PTH207  # patterns may be absolute
    if not found:
        raise ConfigError(f"source.path {path}: no file matches this pattern")
    return found


def existing(path: Path) -> Path:
    """The path when it is a file."""
    if path.is_file():
        return path
    if path.is_dir():
        raise ConfigError(f"source.path {path} is a folder: name a file in it, or a pattern such as {path / '*'}")
    raise ConfigError(f"source.path {path} does not exist{_hint(path)}")


def _hint(path: Path) -> str:
    if not path.parent.is_dir():
        return f": there is no folder {path.parent}"
    names = [one.name for one in path.parent.iterdir() if one.is_file()]
    near = process.extractOne(path.name, names, scorer=fuzz.ratio, score_cutoff=NEAR_ENOUGH)
    return f"; did you mean {near[0]}?" if near else f"; {path.parent.absolute()} holds {', '.join(sorted(names)[:8]) or 'no files'}"


def opened(path: Path) -> IO[bytes]:
    """The file's bytes, decompressed by its ending: .gz, .zst."""
    try:
        if path.suffix == ".gz":
            return io.BufferedReader(gzip.open(path, "rb"), GZIP_BUFFER_BYTES)
        if path.suffix in {".zst", ".zstd"}:
            import pyarrow as pa  # noqa: PLC0415  # its zstd, for those who have such files

            return io.BufferedReader(pa.input_stream(str(path), compression="zstd"), BUFFER_BYTES)
        return path.open("rb", BUFFER_BYTES)
    except OSError as error:
        raise ConfigError(f"source.path {path} cannot be opened: {error.strerror or error}") from error


class Broken(Exception):  # what the file is from here on
    """The file cannot be read any further."""


def lines(path: Path) -> Iterator[tuple[int, bytes | None]]:
    """Numbered lines without their end, split at line feeds only (a JSON text may hold U+2028 or U+0085). None: longer than 64 MiB.

    Raises `Broken` where compressed data is damaged or cut off.
    """
    with opened(path) as stream:
        number = 0
        while True:
            try:
                line = stream.readline(MAX_LINE_BYTES)
                whole = len(line) < MAX_LINE_BYTES or line.endswith(b"\n")
                while not whole and not line.endswith(b"\n") and line:  # the rest of it
                    line = stream.readline(MAX_LINE_BYTES)
            except (EOFError, OSError, zlib.error) as error:
                raise Broken(f"the file is damaged or cut off after line {number}: {error}") from error
            if not line and whole:
                return
            number += 1
            if number == 1:
                line = line.removeprefix(BOM)
            yield number, line.rstrip(b"\r\n") if whole else None
