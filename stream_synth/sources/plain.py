"""Column values as JSON values: what a database or Parquet file holds besides."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from stream_synth.errors import StreamSynthError

MAX_INT = 2**63  # larger whole numbers are kept as text: JSON readers and SQL columns would round them


class Unplain(StreamSynthError):
    """A value that has no JSON form."""


def plain(value: Any) -> Any:  # noqa: ANN401  # any value of a row
    """The value as JSON: dates in ISO form, decimals and huge integers as text (exact), not-a-number as null.

    Raises `Unplain` for bytes that are no UTF-8 and for text that cannot be written as UTF-8.
    """
    if isinstance(value, str):
        return _text(value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, Mapping):
        return {str(name): plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(one) for one in value]
    return _scalar(value)


def _text(value: str) -> str:
    try:
        if not value.isascii():
            value.encode()
    except UnicodeEncodeError as error:
        raise Unplain("text with a lone surrogate, or from a file that is not UTF-8: it cannot be written as UTF-8") from error
    return value


def _number(value: float) -> int | float | str | None:
    if isinstance(value, int):
        return value if -MAX_INT <= value < MAX_INT else str(value)
    return value if math.isfinite(value) else None


def _scalar(value: Any) -> str:  # noqa: ANN401
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Decimal | UUID | timedelta):
        return str(value)
    if isinstance(value, bytes):
        try:
            return value.decode("utf-8")
        except UnicodeDecodeError as error:
            raise Unplain("a column holds bytes that are no text; leave it out of the query or file") from error
    raise Unplain(f"a column holds a {type(value).__name__}, which has no JSON form")
