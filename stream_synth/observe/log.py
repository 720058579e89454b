"""`log.jsonl`: one JSON object an event, with the time, and never a key."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
import structlog

HIDDEN = "[redacted]"
SHORTEST_SECRET = 6  # a shorter value, such as "none" or "x", is no secret and occurs in honest text
# What keys of the usual services look like, and whatever follows the word Bearer: for those nobody registered.
KEY_LIKE = re.compile(r"\b(?:sk|pk|hf|gsk|xai|rk)[-_][A-Za-z0-9_-]{16,}|\bAIza[A-Za-z0-9_-]{30,}|(?<=Bearer )[A-Za-z0-9._~+/=-]{8,}")


def redactor(secrets: Collection[str]) -> Callable[[str], str]:
    """A function that takes these values, and all that looks like a key, out of a text."""
    known = sorted({secret for secret in secrets if len(secret) >= SHORTEST_SECRET}, key=len, reverse=True)

    def redact(text: str) -> str:
        for secret in known:
            text = text.replace(secret, HIDDEN)
        return KEY_LIKE.sub(HIDDEN, text)

    return redact


def redact_deep(value: Any, redact: Callable[[str], str]) -> Any:  # noqa: ANN401  # any JSON value
    """The value with every text in it redacted, keys of mappings included."""
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, Mapping):
        return {redact(str(key)): redact_deep(one, redact) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [redact_deep(one, redact) for one in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return redact(str(value))


def to_json(event: Mapping[str, Any]) -> bytes:
    """One line; surrogates that models send are written as escapes."""
    try:
        return orjson.dumps(event)
    except TypeError:
        return orjson.dumps(redact_deep(event, lambda text: text.encode("utf-8", "backslashreplace").decode()))


@contextmanager
def logging_to(path: Path, *, secrets: Collection[str] = ()) -> Iterator[None]:
    """Events of structlog go to `path` while the block runs, appended and flushed line by line; then as before."""
    redact = redactor(secrets)

    def without_secrets(logger: object, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        del logger, method
        cleaned: dict[str, Any] = redact_deep(event, redact)
        return cleaned

    before = structlog.get_config() if structlog.is_configured() else None
    with path.open("ab", buffering=0) as file:
        structlog.configure(
            processors=[
                structlog.processors.add_log_level,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                structlog.processors.format_exc_info,
                without_secrets,
                lambda _logger, _method, event: to_json(event),
            ],
            logger_factory=structlog.BytesLoggerFactory(file),
            wrapper_class=structlog.make_filtering_bound_logger("info"),
            cache_logger_on_first_use=False,
        )
        try:
            yield
        finally:
            if before is None:
                structlog.reset_defaults()
            else:
                structlog.configure(**before)
