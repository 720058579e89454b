"""Decides what happens to each request: pure but for the counters, windows and queues it keeps. Times are handed in."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from stream_synth.simulate import render, wire
from stream_synth.simulate.asked import Asked, BadRequest, Route, read_asked
from stream_synth.simulate.distribution import quantile
from stream_synth.simulate.faults import Fault, read_faults
from stream_synth.simulate.ledger import Charge
from stream_synth.simulate.limits import Capacity, Limits
from stream_synth.simulate.options import Options
from stream_synth.simulate.plan import ERROR_KINDS, Answer, Plan, altered, planned, refusal
from stream_synth.simulate.replies import Replies, Said
from stream_synth.simulate.wire import HttpRequest

_ROUTES: dict[bytes, Route] = {
    b"/chat/completions": "chat",
    b"/completions": "completions",
    b"/classify": "classify",
    b"/pooling": "pooling",
}
# The words of Alibaba Bailian, which clients recognise: of a request that asks for thinking, and of a model that always thinks.
_ASKED_TO_THINK = "parameter.enable_thinking must be set to false for non-streaming calls"
_ONLY_STREAMS = "This model only support stream mode, please enable the stream parameter to access the model. "


@dataclass(slots=True)
class Counts:
    """What has happened since the start."""

    connections: int = 0
    requests: int = 0
    answered: int = 0  # with status 200, delivered or not
    limited: int = 0  # 429 by an enforced limit
    faults: int = 0
    charged: int = 0
    undelivered: int = 0  # of the charged
    in_flight: int = 0
    most_in_flight: int = 0


class Service:
    """The endpoint without its network: a request and the time in, a plan out."""

    def __init__(self, options: Options, *, started: float = 0.0, wall: Callable[[], float] = time.time) -> None:
        self.counts = Counts()
        self.faults = read_faults(options)
        self.wall = wall
        self._options = options
        self._started = started
        self._replies = Replies(options)
        self._latency = quantile("latency", options.latency)
        self._limits = Limits(options.rpm, options.tpm, quantised=options.quantised)
        self._capacity = Capacity(options.slots, options.tokens_per_second)
        self._answers: dict[str, tuple[Answer, float]] = {}  # by Idempotency-Key, with the time from which it is known

    def plan(self, request: HttpRequest, now: float) -> Plan:
        """What to send, and when. `now` is monotonic."""
        self.counts.requests += 1
        path = request.path.removeprefix(b"/v1")
        route = _ROUTES.get(path)
        if route is None:
            return self._looked_up(request, path)
        if request.method != b"POST":
            return refusal(405, f"{request.method.decode('latin-1')} is not allowed here; use POST", "method_not_allowed")
        try:
            asked = read_asked(route, request.body, request.key, self._options.seed)
        except BadRequest as error:
            return refusal(400, str(error), "invalid_request")
        return self._answered(asked, now)

    def _looked_up(self, request: HttpRequest, path: bytes) -> Plan:
        if request.method == b"GET" and path in {b"/models", b"/health"}:
            body = render.model_list(self._options.models) if path == b"/models" else b'{"status":"ok"}'
            return Plan(200, (wire.head_of(200, len(body)) + body,))
        known = ", ".join(f"/v1{known.decode()}" for known in (*_ROUTES, b"/models"))
        return refusal(404, f"no such path; there are {known}, /health", "not_found")

    def _answered(self, asked: Asked, now: float) -> Plan:
        fault = self.faults.strike(asked, now - self._started)
        if fault is not None:
            self.counts.faults += 1
            if fault.kind in ERROR_KINDS and not fault.charged:
                wait_s = self._latency(asked.share(b"latency"))
                return planned(Answer(asked, Said(""), 0, wait_s, 0.0, b"", None), fault)
        if self._options.refuse_unstreamed_thinking and not asked.streams and asked.route == "chat" and self._replies.thinks(asked):
            return refusal(400, _ASKED_TO_THINK if asked.thinks else _ONLY_STREAMS, "invalid_parameter_error")
        known = self._answers.get(asked.key) if asked.key and self._options.idempotency else None
        if known is not None:
            return planned(_again(*known, asked, now), fault)
        answer = self._processed(asked, fault, now)
        if isinstance(answer, Plan):
            return answer
        if asked.key and self._options.idempotency:
            self._answers[asked.key] = answer, now + answer.wait_s
        return planned(answer, fault)

    def _processed(self, asked: Asked, fault: Fault | None, now: float) -> Answer | Plan:
        """The reply of the model, or the refusal of a limit."""
        said = altered(self._replies.say(asked), fault)
        generated = said.completion_tokens if asked.route in {"chat", "completions"} else 0
        room = self._limits.admit(now, asked.prompt_tokens + generated)
        if room.wait_s:
            self.counts.limited += 1
            return refusal(429, "Rate limit reached: too many requests or tokens.", "rate_limit_exceeded", headers=room.headers)
        timing = self._capacity.schedule(now, self._latency(asked.share(b"latency")), generated)
        wall = self.wall()
        charge = Charge(asked.request_hash, asked.key, wall, 200, asked.prompt_tokens, generated)
        return Answer(asked, said, int(wall), timing.wait_s, timing.writing_s, room.headers, charge)


def _again(answer: Answer, ready_at: float, asked: Asked, now: float) -> Answer:
    """A known reply for whoever asks again: not before it is ready, and free."""
    return replace(answer, asked=asked, wait_s=max(0.0, ready_at - now), charge=None)
