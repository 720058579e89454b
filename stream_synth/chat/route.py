"""Which endpoint takes a call: by weight among those of its model, the least busy first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

from stream_synth.chat.endpoint import Endpoint
from stream_synth.chat.upstream import Size, Upstream


def choose(upstreams: Sequence[Upstream], size: Size, now: float) -> tuple[Upstream | None, float]:
    """(the endpoint that takes the call now, now), or (None, when to ask again; infinity: after something has happened).

    Least outstanding calls per weight: a slow endpoint keeps its calls longer and so gets fewer, without measuring anything.
    """
    if len(upstreams) == 1:
        at = upstreams[0].ready_at(size, now)
        return (upstreams[0], now) if at <= now else (None, at)
    best, earliest, least = None, float("inf"), float("inf")
    for upstream in upstreams:
        at = upstream.ready_at(size, now)
        load = (upstream.limit.in_flight + 1) / upstream.endpoint.weight
        if at > now:
            earliest = min(earliest, at)
        elif load < least:
            best, least = upstream, load
    return (best, now) if best is not None else (None, earliest)


def draw_model(endpoints: Sequence[Endpoint], rng: Callable[[], Random]) -> str:
    """One of the role's models, by the weights of its endpoints. The same generator state draws the same model."""
    first = endpoints[0].model
    if all(endpoint.model == first for endpoint in endpoints):
        return first
    return rng().choices([endpoint.model for endpoint in endpoints], [endpoint.weight for endpoint in endpoints])[0]
