"""A chat with the network cut: only what the journal holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from random import Random

from stream_synth.chat import replay, route
from stream_synth.chat.client import endpoints_of
from stream_synth.chat.endpoint import Endpoint
from stream_synth.chat.estimate import Estimator
from stream_synth.chat.upstream import WorstCase, size_of, worst_of
from stream_synth.chat.wire import said_bytes
from stream_synth.errors import Closed, ReplayMiss
from stream_synth.journal import JournalReader
from stream_synth.values import Call, Completion, Json


class Offline:
    """Answers from the journal or raises `ReplayMiss`: for `verify --replay`."""

    def __init__(self, roles: Mapping[str, Sequence[Endpoint]], journal: JournalReader) -> None:
        self._roles = roles
        self._journal = journal
        self._replayed = self._diverged = 0
        self._closed = False

    async def complete(self, call: Call) -> Completion:
        """The journalled reply, or the `ChatError` it ended with."""
        if self._closed:
            raise Closed("the replay was stopped")
        known = self._journal.reply(call.key)
        if known is None:
            raise ReplayMiss(f"seed {call.seed_id}: the journal holds no reply to step {call.step!r}, sample {call.sample}")
        self._replayed += 1
        self._diverged += known.text_hash != call.text_hash
        return replay.completion_of(known)

    def draw_model(self, role: str, rng: Callable[[], Random]) -> str:
        """As in the run."""
        return route.draw_model(endpoints_of(self._roles, role), rng)

    def close_admission(self) -> None:
        """No further reply."""
        self._closed = True

    def abort(self) -> None:
        """No further reply; nothing is ever in flight."""
        self._closed = True

    def snapshot(self) -> Json:
        """Replays and how many of them had another text."""
        return {"replayed": self._replayed, "diverged": self._diverged}


def worst_case(endpoints: Sequence[Endpoint], call: Call) -> WorstCase:
    """The most that one attempt of this call may take at the dearest of these endpoints, before anything is known of their replies."""
    size = size_of(call, len(said_bytes(call.request)))
    return max((worst_of(endpoint, size, Estimator()) for endpoint in endpoints), key=lambda one: (one.usd is None, one.usd or 0.0))
