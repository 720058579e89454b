"""One endpoint while a run uses it: its limits, its health, what is known of its replies."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from stream_synth.chat.breaker import Breaker
from stream_synth.chat.budget import Claim
from stream_synth.chat.concurrency import Limit
from stream_synth.chat.endpoint import Endpoint, read_key
from stream_synth.chat.estimate import Estimator, max_tokens_of
from stream_synth.chat.outcome import Failed
from stream_synth.chat.rate import Bucket, RateLimit
from stream_synth.errors import ConfigError
from stream_synth.values import Call, Json

RAMP_PER_S = 2_000.0  # new connections: 4,000 at once stall the loop for 2 s; so they take those 2 s, and replies are read meanwhile
RAMP_TLS_PER_S = 300.0  # a handshake costs three times as much
RAMP_BURST = 64.0
MARGIN_TOKENS = 64  # chat template and role names around the messages


@dataclass(frozen=True, slots=True)
class Size:
    """What is known of a call before it is sent."""

    step: str
    prompt_bytes: int
    params: Json


def size_of(call: Call, prompt_bytes: int) -> Size:
    """The size of a call. A route that is no chat writes no tokens."""
    return Size(call.step, prompt_bytes, {"max_tokens": 0} if call.request.route else call.request.params)


@dataclass(frozen=True, slots=True)
class WorstCase:
    """The most a call may take. `usd` is None without a price or without a bound on the reply."""

    prompt_tokens: float  # expected
    tokens: float  # bound: prompt and reply
    usd: float | None
    bounded: bool


class Upstream:
    """Everything that belongs to one endpoint, whatever roles use it.

    `twin` is one with the same address, model and key whose requests look otherwise, such as a judge without thinking: it is the
    same server, so limits and health are the twin's.
    """

    def __init__(self, endpoint: Endpoint, name: str, rng: Random, now: float, *, twin: Upstream | None = None) -> None:
        self.endpoint = endpoint
        self.name = name
        self.key = read_key(endpoint)
        where = f"endpoint {name} ({endpoint.base_url})"
        key_place = endpoint.api_key_env or endpoint.api_key_file
        remedy = f"check the key in {key_place}" if key_place else "it wants a key: set api_key_env"
        self.breaker: Breaker = twin.breaker if twin else Breaker(where, remedy, rng)
        self.limit: Limit = twin.limit if twin else Limit(endpoint.concurrency, now)
        self.rate: RateLimit = twin.rate if twin else RateLimit(endpoint.requests_per_minute, endpoint.tokens_per_minute, now)
        self.estimator = Estimator()
        self.streams = endpoint.stream is True
        self.pushed_back = 0  # 429s and overloads
        self._most = 0  # calls in flight at the peak: about the connections that are open
        ramp = RAMP_TLS_PER_S if endpoint.base_url.startswith("https:") else RAMP_PER_S
        self._ramp: Bucket = twin._ramp if twin else Bucket(ramp, RAMP_BURST, RAMP_BURST, now)  # noqa: SLF001  # its own kind

    def ready_at(self, size: Size, now: float) -> float:
        """When this call may start: now, a moment to come, or infinity where something must happen first."""
        if not self.limit.free:
            return float("inf")
        at = self.breaker.ready_at(now)
        if self.rate.limited:
            at = max(at, self.rate.ready_at(self.expected_tokens(size), now))
        if self.limit.in_flight >= self._most:
            at = max(at, self._ramp.ready_at(1.0, now))
        return at

    def start(self, tokens: float) -> None:
        """A call takes its slot and its share of the rate."""
        self.limit.start()
        self.rate.reserve(tokens)
        self.breaker.start()
        if self.limit.in_flight > self._most:
            self._most = self.limit.in_flight
            self._ramp.add(-1.0)

    def expected_tokens(self, size: Size) -> float:
        """Prompt and reply, as far as earlier replies tell. 0 where nobody asks."""
        if not self.rate.limited:
            return 0.0
        return self.estimator.prompt_tokens(size.prompt_bytes) + self.estimator.reply_tokens(
            size.step, bound_of(self.endpoint, size.params)
        )

    def failed(self, failure: Failed, sent_at: float, now: float) -> None:
        """Let an attempt's failure count."""
        if failure.outcome == "rejected":
            self.pushed_back += 1
            self.limit.pushed_back(sent_at, now)
        self.breaker.failed(failure, sent_at, now)


def bound_of(endpoint: Endpoint, params: Json) -> int | None:
    """The bound on reply tokens that this request will carry there."""
    for body in (endpoint.extra_body, params, endpoint.params):
        if (bound := max_tokens_of(body)) is not None:
            return bound
    return None


def worst_of(endpoint: Endpoint, size: Size, estimator: Estimator) -> WorstCase:
    """What one attempt there may take at worst."""
    bound = bound_of(endpoint, size.params)
    prompt = estimator.prompt_bound(size.prompt_bytes) + MARGIN_TOKENS
    tokens = prompt + (bound if bound is not None else estimator.reply_tokens(size.step, None))
    usd = endpoint.price.worst_usd(prompt, bound) if endpoint.price is not None and bound is not None else None
    return WorstCase(estimator.prompt_tokens(size.prompt_bytes), tokens, usd, bound is not None)


def claim_of(upstreams: tuple[Upstream, ...], size: Size, call: Call, *, in_usd: bool) -> Claim:
    """What to reserve for one attempt, wherever it goes. Raises `ConfigError` for a call without bound under a money budget."""
    usd = tokens = 0.0
    for upstream in upstreams:
        worst = worst_of(upstream.endpoint, size, upstream.estimator)
        if in_usd and worst.usd is None:
            raise ConfigError(
                f"run.max_cost_usd needs a bound on every call: step {call.step!r} of role {call.role!r} has no max_tokens; "
                f"set it in the recipe or in endpoints.{call.role}.params"
            )
        usd, tokens = max(usd, worst.usd or 0.0), max(tokens, worst.tokens)
    return Claim(usd, tokens)
