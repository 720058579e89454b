"""One reply as it will go over the wire: pieces of bytes, their times, the charge, and how it ends. Faults are applied here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum

from stream_synth.simulate import render, wire
from stream_synth.simulate.asked import Asked
from stream_synth.simulate.faults import Fault
from stream_synth.simulate.ledger import Charge
from stream_synth.simulate.replies import Said

OF_THE_MODEL = frozenset({"length", "content_filter", "missing_usage"})  # faults whose replies arrive in good order
ERROR_KINDS = frozenset({"status", "html"})  # faults that answer with an error instead
WRITE_EVERY_S = 0.02  # of a stream: events between two writes go together, as servers do under load


class Ending(Enum):
    """What becomes of the connection after the last piece."""

    KEEP = "keep"
    CLOSE = "close"
    HANG = "hang"  # stays open and silent until the client gives up


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that is decided of one request. `pieces` are written from `wait_s` on, `gap_s` apart; the charge precedes the last."""

    status: int
    pieces: tuple[bytes, ...]
    wait_s: float = 0.0
    gap_s: float = 0.0
    charge: Charge | None = None
    ending: Ending = Ending.KEEP
    whole: bool = True  # the pieces are the complete reply: without it nothing counts as delivered


@dataclass(frozen=True, slots=True)
class Answer:
    """What the model said, when, and what it costs, before any fault on the way to the client."""

    asked: Asked
    said: Said
    created: int
    wait_s: float
    writing_s: float
    headers: bytes
    charge: Charge | None


def refusal(status: int, message: str, code: str, *, headers: bytes = b"", wait_s: float = 0.0) -> Plan:
    """An error that costs nothing."""
    kind = "insufficient_quota" if code == "insufficient_quota" else "server_error" if status >= 500 else "invalid_request_error"
    body = render.error_body(message, code, kind)
    return Plan(status, (wire.head_of(status, len(body), headers) + body,), wait_s)


def altered(said: Said, fault: Fault | None) -> Said:
    """The reply as a fault of the model itself leaves it: cut off, or withheld."""
    if fault is not None and fault.kind == "length":
        return replace(said, text=said.text[: len(said.text) // 2], finish_reason="length")
    if fault is not None and fault.kind == "content_filter":
        return replace(said, text="", finish_reason="content_filter")
    return said


def planned(answer: Answer, fault: Fault | None) -> Plan:
    """The reply on the wire, as a fault of the server or the network leaves it."""
    if fault is None or fault.kind in OF_THE_MODEL:
        return _served(answer, _payload(answer, with_usage=fault is None or fault.kind != "missing_usage"))
    return _failed(answer, fault) if fault.kind in ERROR_KINDS else _broken(answer, fault)


def _failed(answer: Answer, fault: Fault) -> Plan:
    """An error instead of the reply. A client's mistake is found at once, a server's only while it works."""
    charge = answer.charge._replace(status=fault.status) if fault.charged and answer.charge is not None else None
    return replace(_error(fault), wait_s=0.0 if fault.status < 500 else answer.wait_s + answer.writing_s, charge=charge)


def _broken(answer: Answer, fault: Fault) -> Plan:
    """The reply goes wrong on its way."""
    body = b"".join(_payload(answer))
    sent = _framed(answer, body)
    plan = Plan(200, (), answer.wait_s + answer.writing_s, charge=answer.charge if fault.charged else None)
    cut = replace(plan, ending=Ending.CLOSE, whole=False)
    match fault.kind:
        case "malformed_json":
            return replace(plan, pieces=(_framed(answer, body[: len(body) // 2]),))
        case "empty_body":
            return replace(plan, pieces=(_framed(answer, b""),))
        case "slow_loris":
            return replace(plan, pieces=tuple(sent[part] for part in _cuts(len(sent), fault.pieces)), gap_s=fault.pause_s)
        case "truncated_body":
            return replace(cut, pieces=(sent[: len(sent) - len(body) // 2],))
        case "close_after_headers":
            return replace(cut, pieces=(sent[: sent.index(b"\r\n\r\n") + 4],))
    return cut if fault.kind == "close_before_reply" else replace(cut, ending=Ending.HANG)


def _payload(answer: Answer, *, with_usage: bool = True) -> list[bytes]:
    """The body: events of a stream, else one part."""
    if answer.asked.streams and answer.asked.route in {"chat", "completions"}:
        return render.events(answer.asked, answer.said, answer.created, with_usage=with_usage)
    return [render.whole(answer.asked, answer.said, answer.created, with_usage=with_usage)]


def _served(answer: Answer, payload: list[bytes]) -> Plan:
    """Nothing goes wrong. A stream begins after the latency and is spread over the time of writing."""
    if len(payload) == 1:
        sent = wire.head_of(200, len(payload[0]), answer.headers) + payload[0]
        return Plan(200, (sent,), answer.wait_s + answer.writing_s, charge=answer.charge)
    writes = max(1, min(len(payload), 1 + round(answer.writing_s / WRITE_EVERY_S)))
    frames = [wire.chunk(b"".join(payload[part])) for part in _cuts(len(payload), writes)]
    frames[0] = wire.chunked_head(answer.headers) + frames[0]
    frames[-1] += wire.chunk(b"")
    gap_s = answer.writing_s / (len(frames) - 1) if len(frames) > 1 else 0.0
    # What fits in one write is written when the last token is there.
    wait_s = answer.wait_s + (answer.writing_s if len(frames) == 1 else 0.0)
    return Plan(200, tuple(frames), wait_s, gap_s, charge=answer.charge)


def _cuts(length: int, pieces: int) -> Iterator[slice]:
    """At most so many parts of nearly equal length, none empty."""
    pieces = max(1, min(pieces, length))
    return (slice(length * number // pieces, length * (number + 1) // pieces) for number in range(pieces))


def _framed(answer: Answer, body: bytes) -> bytes:
    """A whole HTTP reply of status 200 with this body, in the framing the client expects."""
    if answer.asked.streams:
        return wire.chunked_head(answer.headers) + (wire.chunk(body) if body else b"") + wire.chunk(b"")
    return wire.head_of(200, len(body), answer.headers) + body


def _error(fault: Fault) -> Plan:
    if fault.kind == "html":
        body = b"<html><head><title>%d</title></head><body><center><h1>Bad Gateway</h1></center></body></html>" % fault.status
        return Plan(fault.status, (wire.head_of(fault.status, len(body), kind=wire.HTML) + body,))
    headers = b"" if fault.retry_after_s is None else b"Retry-After: %g\r\n" % fault.retry_after_s
    return refusal(fault.status, fault.message, fault.code, headers=headers)
