"""Scripted faults: which one strikes a request. What it does to the reply is decided where the reply is planned."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from stream_synth.simulate.asked import Asked
from stream_synth.simulate.options import Options
from stream_synth.simulate.script import PATTERNS, Line, Matcher, matcher, read_script

# kind -> charged unless the row says otherwise: what breaks after the model has answered costs money all the same
KINDS = {
    "status": False,
    "html": False,
    "malformed_json": True,
    "empty_body": True,
    "truncated_body": True,
    "close_before_reply": True,
    "close_after_headers": True,
    "slow_loris": True,
    "hang": True,
    "length": True,
    "content_filter": True,
    "missing_usage": True,
    "refuse_connections": False,
}
_KNOWN = frozenset(
    {*PATTERNS, "kind", "attempt", "probability", "skip", "times", "from_s", "until_s", "status", "retry_after_s", "code", "message"}
    | {"charged", "pause_s", "pieces", "note"}
)
_FOREVER = 1e12


@dataclass(slots=True)
class Fault:
    """One row of the script and how often it was met."""

    kind: str
    matcher: Matcher
    attempts: frozenset[int]  # of a request, from 1; empty: all
    probability: float
    skip: int  # matches let through before the first one
    times: int  # strikes at most; 0: without end
    from_s: float  # since the start of the endpoint
    until_s: float
    charged: bool
    status: int
    retry_after_s: float | None
    code: str
    message: str
    pause_s: float  # of slow_loris, between two pieces
    pieces: int
    purpose: bytes = b""
    met: int = 0
    struck: int = 0

    def strikes(self, asked: Asked, attempt: int, age_s: float) -> bool:
        """Whether this attempt is struck; counts it."""
        if self.kind == "refuse_connections" or not self.from_s <= age_s < self.until_s or (self.times and self.struck >= self.times):
            return False
        if (self.attempts and attempt not in self.attempts) or self.matcher.match(asked) is None:
            return False
        if self.probability < 1 and asked.share(b"%b#%d" % (self.purpose, attempt)) >= self.probability:
            return False
        self.met += 1
        if self.met <= self.skip:
            return False
        self.struck += 1
        return True


@dataclass(slots=True)
class Faults:
    """All faults in order: the first that strikes wins. Attempts are counted by Idempotency-Key, without one by body."""

    rows: list[Fault] = field(default_factory=list)
    _attempts: dict[bytes, int] = field(default_factory=dict)

    def strike(self, asked: Asked, age_s: float) -> Fault | None:
        """The fault of this attempt."""
        if not self.rows:
            return None
        attempt = self._attempts[asked.digest] = self._attempts.get(asked.digest, 0) + 1
        return next((fault for fault in self.rows if fault.strikes(asked, attempt, age_s)), None)

    def outages(self) -> list[tuple[float, float]]:
        """(from, until) in seconds since the start, in which connections are refused."""
        return [(fault.from_s, fault.until_s) for fault in self.rows if fault.kind == "refuse_connections"]


def read_faults(options: Options) -> Faults:
    """The faults of the options. Raises `ConfigError` naming file and line."""
    rows = read_script(options.faults, "faults", _fault)
    for number, row in enumerate(rows):
        row.purpose = b"fault %d" % number
    return Faults(rows)


def _fault(line: Line) -> Fault:
    line.check_keys(_KNOWN)
    kind = line.row.get("kind")
    if kind not in KINDS:
        raise line.error(f"kind is {kind!r}", f"choose one of {', '.join(KINDS)}")
    if kind == "status" and "status" not in line.row:
        raise line.error("kind status without a status", 'add "status": 429, or another one')
    if kind == "refuse_connections" and not {"until_s", "from_s"} <= set(line.row):
        raise line.error("kind refuse_connections without a window", 'add "from_s": 1 and "until_s": 3')
    status = int(line.number("status", 502 if kind == "html" else 200, least=200, most=599))
    charged, from_s = line.row.get("charged", KINDS[kind]), line.number("from_s", 0.0)
    if not isinstance(charged, bool):
        raise line.error(f"charged is {charged!r}", "write true or false")
    code, message, usual_retry_s = ERRORS.get(status, ("simulated_error", f"simulated status {status}", None))
    return Fault(
        kind=kind,
        matcher=matcher(line),
        attempts=_attempts(line),
        probability=line.number("probability", 1.0, most=1.0),
        skip=int(line.number("skip", 0)),
        times=int(line.number("times", 0)),
        from_s=from_s,
        until_s=line.number("until_s", _FOREVER, least=from_s),
        charged=charged,
        status=status,
        retry_after_s=line.number("retry_after_s", 0.0) if "retry_after_s" in line.row else usual_retry_s,
        code=str(line.row.get("code", code)),
        message=str(line.row.get("message", message)),
        pause_s=line.number("pause_s", 0.05),
        pieces=int(line.number("pieces", 20, least=1)),
    )


def _attempts(line: Line) -> frozenset[int]:
    written: Any = line.row.get("attempt", [])
    numbers = written if isinstance(written, list) else [written]
    if not all(isinstance(number, int) and not isinstance(number, bool) and number > 0 for number in numbers):
        raise line.error(f"attempt is {written!r}", "count from 1: 1, or [1, 2]")
    return frozenset(numbers)


# status -> (code, message in the words of the services, Retry-After)
ERRORS: dict[int, tuple[str, str, float | None]] = {
    400: ("invalid_parameter_error", "The request was rejected because a parameter is invalid.", None),
    401: ("invalid_api_key", "Incorrect API key provided.", None),
    402: ("insufficient_quota", "Insufficient Balance", None),
    403: ("access_denied", "Access to this model is denied.", None),
    404: ("model_not_found", "The model does not exist or you do not have access to it.", None),
    413: ("request_too_large", "The request is too large.", None),
    422: ("unprocessable_entity", "The request cannot be processed.", None),
    429: ("rate_limit_exceeded", "Rate limit reached. Please try again later.", 1.0),
    500: ("internal_server_error", "The server had an error while processing your request.", None),
    503: ("service_unavailable", "The engine is currently overloaded, please try again later.", None),
    504: ("gateway_timeout", "The upstream did not answer in time.", None),
}
