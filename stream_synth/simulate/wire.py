"""HTTP/1.1 as far as clients of a model endpoint need it: bytes to requests, replies to bytes. No I/O."""

from __future__ import annotations

from typing import NamedTuple

MAX_HEAD_BYTES = 64 << 10  # the usual limit of servers for all headers together
MAX_BODY_BYTES = 64 << 20  # far above any prompt
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"

_REASONS = {
    200: "OK",
    400: "Bad Request",
    401: "Unauthorized",
    402: "Payment Required",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    411: "Length Required",
    413: "Content Too Large",
    422: "Unprocessable Content",
    429: "Too Many Requests",
    431: "Request Header Fields Too Large",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}
_START = {status: f"HTTP/1.1 {status} {reason}\r\n".encode() for status, reason in _REASONS.items()}
JSON, EVENTS, HTML = (b"Content-Type: %b\r\n" % kind for kind in (b"application/json", b"text/event-stream", b"text/html"))


class BadHttp(Exception):
    """Not a request that this server reads. The connection cannot go on."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class HttpRequest(NamedTuple):
    """One whole request."""

    method: bytes
    path: bytes  # without the query
    key: str  # Idempotency-Key, or empty
    body: bytes
    keep_alive: bool


class Head(NamedTuple):
    """The first part of a request, its body still to come."""

    method: bytes
    path: bytes
    key: str
    keep_alive: bool
    expects_continue: bool
    size: int  # bytes of head and body together
    body_at: int


def read_head(buffer: bytearray) -> Head | None:
    """The head at the start of the buffer; None while it is not complete. Raises `BadHttp`."""
    end = buffer.find(b"\r\n\r\n", 0, MAX_HEAD_BYTES)
    if end < 0:
        if len(buffer) >= MAX_HEAD_BYTES:
            raise BadHttp(431, f"headers of more than {MAX_HEAD_BYTES} bytes")
        return None
    raw = bytes(buffer[: end + 2])
    line, _, _ = raw.partition(b"\r\n")
    parts = line.split(b" ")
    if len(parts) != 3 or not parts[2].startswith(b"HTTP/1."):
        raise BadHttp(400, "the first line is no HTTP/1.1 request")
    lowered = raw.lower()
    length = _length(lowered, parts[0])
    wanted = _value(lowered, raw, b"connection").lower()
    keep_alive = wanted != b"close" if parts[2] == b"HTTP/1.1" else wanted == b"keep-alive"
    return Head(
        method=parts[0],
        path=parts[1].partition(b"?")[0],
        key=_value(lowered, raw, b"idempotency-key").decode("latin-1"),
        keep_alive=keep_alive,
        expects_continue=b"\r\nexpect:" in lowered,
        size=end + 4 + length,
        body_at=end + 4,
    )


def take(buffer: bytearray, head: Head) -> HttpRequest:
    """The whole request, removed from the buffer, which must hold `head.size` bytes."""
    body = bytes(buffer[head.body_at : head.size])
    del buffer[: head.size]
    return HttpRequest(head.method, head.path, head.key, body, head.keep_alive)


def _length(lowered: bytes, method: bytes) -> int:
    if b"\r\ntransfer-encoding:" in lowered:
        raise BadHttp(411, "send the body with Content-Length, not chunked")
    written = _value(lowered, lowered, b"content-length")
    if not written:
        if method in {b"POST", b"PUT", b"PATCH"}:
            raise BadHttp(411, "a request with a body needs Content-Length")
        return 0
    if not written.isdigit():
        raise BadHttp(400, "Content-Length is no number")
    length = int(written[:20])
    if length > MAX_BODY_BYTES:
        raise BadHttp(413, f"a body of more than {MAX_BODY_BYTES} bytes")
    return length


def _value(lowered: bytes, raw: bytes, name: bytes) -> bytes:
    at = lowered.find(b"\r\n" + name + b":")
    if at < 0:
        return b""
    start = at + len(name) + 3
    return raw[start : raw.index(b"\r\n", start)].strip()


def start_of(status: int) -> bytes:
    """The status line."""
    return _START.get(status) or f"HTTP/1.1 {status} Simulated\r\n".encode()


def head_of(status: int, length: int, headers: bytes = b"", kind: bytes = JSON) -> bytes:
    """Status line and headers of a reply with a body of `length` bytes. `headers` are whole lines."""
    return b"%b%bContent-Length: %d\r\n%b\r\n" % (start_of(status), kind, length, headers)


def chunked_head(headers: bytes = b"") -> bytes:
    """Status line and headers of a stream of events."""
    return b"%b%bTransfer-Encoding: chunked\r\nCache-Control: no-cache\r\n%b\r\n" % (_START[200], EVENTS, headers)


def chunk(content: bytes) -> bytes:
    """One chunk of a chunked body; no content ends the body."""
    return b"%x\r\n%b\r\n" % (len(content), content)
