"""Tokens that need no dictionary, and their hashes, for whole batches at once.

A token is one Chinese character, kana or hangul syllable; a run of letters, digits and marks elsewhere; or a run of
operators. `*` and `-` count as operators beside a digit only: elsewhere they are bullets, emphasis and hyphens.
Everything else separates tokens. The same few array operations serve one text or thousands; no token becomes a Python
object on the way to a hash, which is why a batch of 300-character rows costs about 10 µs a row.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stream_synth.text.characters import Kind, code_points, joined, kinds

_SEPARATOR, _WORD, _SINGLE, _OPERATOR = 0, 1, 2, 3
_TOKEN_KIND = np.zeros(len(Kind), np.uint8)
for _kind in (
    Kind.LATIN,
    Kind.DIGIT,
    Kind.CYRILLIC,
    Kind.ARABIC,
    Kind.INDIC,
    Kind.THAI,
    Kind.GREEK,
    Kind.HEBREW,
    Kind.LETTER,
    Kind.MARK,
):
    _TOKEN_KIND[_kind] = _WORD
for _kind in (Kind.HAN, Kind.KANA, Kind.HANGUL):
    _TOKEN_KIND[_kind] = _SINGLE
_TOKEN_KIND[Kind.OPERATOR] = _OPERATOR

_CHUNK = 1 << 18  # characters handled together: the working arrays then take about 20 MB; a longer text is a chunk of its own
_BASE = 0x9E3779B97F4A7C15  # odd, so it has an inverse modulo 2^64: hashes of runs come from differences of one prefix sum
_INVERSE = pow(_BASE, -1, 1 << 64)
_SPREAD = np.uint64(0xD6E8FEB86659FD93)  # odd: keeps code points apart before they enter the polynomial


@dataclass(frozen=True, slots=True)
class TokenHashes:
    """Hashes of the tokens of several texts, one after the other. Text i owns `hashes[offsets[i]:offsets[i + 1]]`."""

    hashes: NDArray[np.uint64]
    offsets: NDArray[np.int64]


def tokens(text: str) -> list[str]:
    """The tokens of one text, as they stand in it. Normalise first where spelling should not matter."""
    starts, ends = _runs(code_points(text))
    return [text[start:end] for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]


def token_hashes(texts: Sequence[str]) -> TokenHashes:
    """64-bit hashes of the tokens of every text: equal tokens, equal hashes, in any text and any process."""
    parts, counts = [], [np.zeros(1, np.int64)]
    for chunk in chunks(texts):
        codes, offsets = joined(chunk)
        starts, ends = _runs(codes)
        parts.append(_run_hashes(codes, starts, ends))
        counts.append(np.diff(np.searchsorted(starts, offsets)))
    hashes = np.concatenate(parts) if parts else np.empty(0, np.uint64)
    return TokenHashes(hashes, np.cumsum(np.concatenate(counts)))


def mixed(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """A bijection after which every input bit moves every output bit (the finaliser of MurmurHash3)."""
    values = values ^ (values >> np.uint64(33))
    values *= np.uint64(0xFF51AFD7ED558CCD)
    values ^= values >> np.uint64(33)
    values *= np.uint64(0xC4CEB9FE1A85EC53)
    values ^= values >> np.uint64(33)
    return values


def chunks(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    """The texts in groups of about `_CHUNK` characters, so that working arrays stay small."""
    start, size = 0, 0
    for index, text in enumerate(texts):
        if size and size + len(text) > _CHUNK:
            yield texts[start:index]
            start, size = index, 0
        size += len(text) + 1
    if start < len(texts):
        yield texts[start:]


def _runs(codes: NDArray[np.uint32]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where each token starts and ends."""
    if not len(codes):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    character = kinds(codes)
    kind = _TOKEN_KIND[character]
    markup = np.flatnonzero(character == Kind.MARKUP)
    if len(markup):
        digit = np.pad(character == Kind.DIGIT, 1)
        kind[markup[digit[markup] | digit[markup + 2]]] = _OPERATOR
    border = kind == _SINGLE
    border[0] = True
    border[1:] |= kind[1:] != kind[:-1]
    starts = np.flatnonzero(border)
    ends = np.append(starts[1:], len(codes))
    wanted = kind[starts] != _SEPARATOR
    return starts[wanted], ends[wanted]


def _run_hashes(codes: NDArray[np.uint32], starts: NDArray[np.int64], ends: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Polynomial hash of each run of code points, independent of where in the batch it stands."""
    powers, inverses = _powers(len(codes) + 1)
    prefix = np.zeros(len(codes) + 1, np.uint64)
    np.cumsum((codes + np.uint64(1)) * _SPREAD * powers[: len(codes)], out=prefix[1:])
    return mixed((prefix[ends] - prefix[starts]) * inverses[starts])


class _Powers:
    """Powers of the base, kept for the largest chunk; a single longer text makes its own."""

    kept: tuple[NDArray[np.uint64], NDArray[np.uint64]] = (np.empty(0, np.uint64), np.empty(0, np.uint64))


def _powers(count: int) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    if count <= len(_Powers.kept[0]):
        return _Powers.kept
    size = max(count, 1 << 12)
    pair = (_series(_BASE, size), _series(_INVERSE, size))
    if size <= 2 * _CHUNK:
        _Powers.kept = pair
    return pair


def _series(base: int, count: int) -> NDArray[np.uint64]:
    factors = np.full(count, base, np.uint64)
    factors[0] = 1
    return np.cumprod(factors)
