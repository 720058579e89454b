"""A reward model behind an endpoint."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from stream_synth.errors import ChatError
from stream_synth.gates.reward.options import RewardOptions
from stream_synth.gates.reward.scoring import Score, asked
from stream_synth.gates.reward.wire import RAW, WrongShape, logit, number_in, request_of
from stream_synth.protocols import Chat
from stream_synth.values import Sample

# Any row will do: what counts is whether the server's plain score and its raw one differ.
PROBE = Sample("What is the capital of France?", "The capital of France is Paris.", slot="probe", seed_id="reward:probe")


class Served:
    """One request a row: servers batch continuously, and a call of its own is found again by a resumed run.

    Before the first row the server is asked twice about one sentence, with and without raw scores: that tells whether it
    applies a sigmoid by default, and whether it knows how to leave it out.
    """

    bounds = None

    def __init__(self, options: RewardOptions) -> None:
        self.name = f"served:{options.style}"
        self._options = options
        self._lock = asyncio.Lock()
        self._form: tuple[Mapping[str, Any], bool] | None = None

    async def score(self, sample: Sample, chat: Chat) -> Score:
        """Raw scale. `unreadable` for a reply of the wrong shape, `call_failed` for none."""
        try:
            extra, squashed = await self._probed(chat)
            number = await self._number(sample, chat, "score", extra)
        except WrongShape as error:
            return Score(None, "unreadable", {"problem": str(error)})
        except ChatError as error:
            return Score(None, "call_failed", {"kind": error.kind, "problem": str(error)})
        if not squashed:
            return Score(number)
        if not 0 <= number <= 1:
            return Score(None, "unreadable", {"problem": f"{number} is no probability: set activation: off"})
        return Score(logit(number), evidence={"probability": number})

    async def _number(self, sample: Sample, chat: Chat, step: str, extra: Mapping[str, Any]) -> float:
        options = self._options
        request = request_of(options.style, sample, options.template, extra)
        reply = await asked(sample, chat, options.asked_role, step, request)
        return number_in(options.style, reply.text)

    async def _probed(self, chat: Chat) -> tuple[Mapping[str, Any], bool]:
        """(what to add to each request, whether replies are probabilities). Asked once, however many rows wait for it."""
        if self._options.activation != "auto" or self._options.style in {"sglang_classify", "rerank", "vllm_score"}:
            return {}, self._options.activation == "on"
        async with self._lock:
            if self._form is None:
                self._form = await self._probe(chat)
            return self._form

    async def _probe(self, chat: Chat) -> tuple[Mapping[str, Any], bool]:
        plain = await self._number(PROBE, chat, "plain", {})
        try:
            raw = await self._number(PROBE, chat, "raw", RAW)
        except ChatError:
            return {}, 0 < plain < 1  # an older server, which knows no such field: between 0 and 1 means a sigmoid
        return (RAW, False) if raw != plain else ({}, 0 < plain < 1)
