"""A chat with the bundled endpoint, and the gate that asks it."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from stream_synth.chat import Budget, Chat, Endpoint
from stream_synth.gates import GateHome
from stream_synth.gates.reward import Reward, RewardOptions
from stream_synth.journal import Journal
from stream_synth.simulate import Options, serve
from stream_synth.values import Sample, Verdict

SAMPLE = Sample("What is the capital of France?", "The capital of France is Paris.", id="r1", seed_id="s1", slot="0")


@contextlib.asynccontextmanager
async def chatting(directory: Path, replies: Sequence[Mapping[str, Any]], faults: Sequence[Mapping[str, Any]] = ()) -> AsyncIterator[Chat]:
    """Roles `reward` and `judge` on one endpoint that says what its rules say."""
    options = Options(latency="fixed:0", replies=list(replies), faults=list(faults))
    async with serve(options) as server:
        endpoint = Endpoint(base_url=server.base_url, model="m", max_attempts=1)
        journal = Journal.open(directory)
        try:
            async with Chat({"reward": [endpoint], "judge": [endpoint]}, journal, Budget()) as chat:
                yield chat
        finally:
            journal.close()


async def verdict_on(sample: Sample, options: RewardOptions, chat: Chat) -> Verdict:
    """What the lane would hear."""
    gate = Reward(options, GateHome())
    measured = gate.measure([sample])
    return await gate.consult(sample, chat) or gate.admit(sample, measured[0])
