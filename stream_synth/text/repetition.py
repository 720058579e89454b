"""How much of a text repeats itself: three measures, from cheap to exact."""

from __future__ import annotations

import re
import zlib

import numpy as np
from numpy.typing import NDArray

WINDOW = 2000  # characters judged together: a longer text compresses better only because it is longer
_SPACES = re.compile(r"[ \t\u3000]+")
_MAX_LOOP = 1200  # characters searched backwards for the unit of a loop: two or three paragraphs


def windows(text: str) -> list[str]:
    """The text in pieces of `WINDOW` characters, runs of blanks as one; a short rest stays with the piece before it."""
    squeezed = _SPACES.sub(" ", text)
    count = max(1, round(len(squeezed) / WINDOW))
    return [squeezed[i * WINDOW : (i + 1) * WINDOW if i + 1 < count else None] for i in range(count)]


def compression_ratio(text: str) -> float:
    """Bytes of the text by bytes after deflate (raw stream, level 6): 1.0 for an empty text.

    Prose of 300 to 2,000 characters lies between 1.2 and 2.6, loops above 4.
    """
    raw = text.encode("utf-8", "surrogatepass")
    # A 4 KB window and a small hash table: starting the compressor costs 8 µs instead of 60, and WINDOW fits.
    deflate = zlib.compressobj(6, zlib.DEFLATED, -13, 5)
    return len(raw) / len(deflate.compress(raw) + deflate.flush()) if raw else 1.0


def repeated_share(text: str, n: int = 20) -> float:
    """Share of n-character windows that stood in the text before; 0 where there is at most one."""
    hashes = gram_hashes(np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64), n)
    return 1 - len(np.unique(hashes)) / len(hashes) if len(hashes) > 1 else 0.0


def gram_hashes(codes: NDArray[np.uint64], n: int) -> NDArray[np.uint64]:
    """A hash of every n consecutive codes, by doubling."""
    if len(codes) < n:
        return np.empty(0, np.uint64)
    hashes, width = (codes + np.uint64(1)) * np.uint64(0xD6E8FEB86659FD93), 1
    factor = np.uint64(0x9E3779B97F4A7C15)
    while width < n:
        step = min(width, n - width)  # the last step overlaps where n is no power of two
        hashes = hashes[: len(hashes) - step] * factor + hashes[step:]
        hashes ^= hashes >> np.uint64(29)
        width += step
    return hashes


def tail_loop(text: str) -> tuple[str, int] | None:
    """The unit that the text ends in, and how often it stands there, when it ends in a loop; None otherwise.

    A loop is a unit of up to 20 characters over at least 60, or a longer one at least three times in a row.
    """
    text = text.rstrip()
    if len(text) < 60:
        return None
    tail = text[-40:]
    before = text.rfind(tail, max(0, len(text) - _MAX_LOOP), len(text) - 1)
    if before < 0:
        return None
    size = len(text) - 40 - before
    unit = text[-size:]
    if size > 20 and not text.endswith(unit * 3):
        return None
    times = 1
    while times * size < len(text) and text.endswith(unit * (times + 1)):
        times += 1
    return unit, times
