"""The table of attempt outcomes: what a status, an error or a reply means for the retry and for the money."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Literal, TypeAlias

import orjson

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Outcome: TypeAlias = Literal[
    "never_sent",  # connect, DNS, TLS: free, retried
    "rejected",  # 429, overload: no tokens, retried not before its time
    "client_error",  # 400, 404, 413, 422: terminal
    "auth",  # 401, 402, 403, no quota: the endpoint is out
    "server_error",  # 500, 502, 504: retried; perhaps charged
    "ambiguous",  # the body left, no whole reply came back: retried by policy; perhaps charged
    "truncated",  # ran out of tokens: terminal, kept
    "refused",  # withheld: terminal, kept
    "ok",
]
ANSWERED = frozenset({"ok", "truncated", "refused"})  # outcomes that carry a completion
MESSAGE_CHARS = 300  # of a server's words; enough for its reason, too little for a prompt's echo

_AUTH = frozenset({401, 402, 403})
_REJECTED = frozenset({408, 409, 425, 429, 503, 529})
_FREE = frozenset({429, 503, 529})  # busy, not broken: never counted against a row
_NO_QUOTA = (b"insufficient_quota", b"billing_hard_limit", b"Arrearage", b"insufficient_balance", b"Insufficient Balance")
_STREAM_WANTED = re.compile(r"stream", re.IGNORECASE)
_THINKING = re.compile(r"thinking|stream mode|only support\w* stream|non-stream", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Failed:
    """An attempt without a completion."""

    outcome: Outcome
    message: str
    status: int = 0
    retry_after_s: float = 0.0
    free: bool = False  # not counted against the call: the server was busy or nothing was sent
    unreadable: bool = False  # a 200 whose body made no sense
    wants_stream: bool = False  # a 400 that says this model only answers as a stream


def of_status(status: int, headers: Mapping[str, str], body: bytes, secrets: Sequence[str] = (), *, wall: float = 0.0) -> Failed:
    """What a reply with an error status means. The one place where a server's words are searched, and only for codes it documents."""
    message = clean(_server_words(body), secrets) or "no message"
    if status in _AUTH or (status == 429 and any(mark in body for mark in _NO_QUOTA)):
        return Failed("auth", message, status)
    if status in _REJECTED:
        return Failed("rejected", message, status, retry_after_s(headers, wall), free=status in _FREE)
    if status >= 500:
        return Failed("server_error", message, status, retry_after_s(headers, wall))
    wants_stream = status == 400 and bool(_STREAM_WANTED.search(message) and _THINKING.search(message))
    return Failed("client_error", message, status, wants_stream=wants_stream)


def retry_after_s(headers: Mapping[str, str], wall: float) -> float:
    """Seconds the server asks to wait: `retry-after-ms`, or `Retry-After` as seconds or as a date. 0 when it does not say."""
    for name, unit in (("retry-after-ms", 1e-3), ("Retry-After", 1.0)):
        given = headers.get(name) or ""
        try:
            wished = float(given) * unit
        except ValueError:
            continue
        return wished if 0 < wished < float("inf") else 0.0
    try:
        return max(0.0, parsedate_to_datetime(headers.get("Retry-After") or "").timestamp() - wall)
    except (TypeError, ValueError):
        return 0.0


def clean(text: str, secrets: Sequence[str] = ()) -> str:
    """A stranger's text made fit for a log line: one line, no control characters, no key, at most 300 characters."""
    for secret in secrets:
        if secret:
            text = text.replace(secret, "***")
    text = re.sub(r"\b(sk|pk|key|token)-[\w-]{8,}", "***", text[: MESSAGE_CHARS * 20])
    visible = "".join(" " if unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"} else char for char in text)
    return " ".join(visible.split())[:MESSAGE_CHARS]


def _server_words(body: bytes) -> str:
    """The message inside the usual error envelopes, else the body as text."""
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError:
        return re.sub(r"<[^>]*>", " ", body[: MESSAGE_CHARS * 20].decode("utf-8", "replace"))
    for name in ("error", "message", "detail"):
        inner = said.get(name) if isinstance(said, dict) else None
        if isinstance(inner, dict):
            inner = inner.get("message") or inner.get("code")
        if isinstance(inner, str) and inner:
            return inner
    return body[: MESSAGE_CHARS * 20].decode("utf-8", "replace")
