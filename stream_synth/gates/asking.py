"""How a gate asks a model about a row."""

from __future__ import annotations

from random import Random

from stream_synth.journal.naming import call_key, text_hash
from stream_synth.protocols import Chat
from stream_synth.values import Call, Completion, Request, Sample


async def asked(sample: Sample, chat: Chat, role: str, path: str, request: Request) -> Completion:
    """One call on behalf of this sample. The key follows from seed, slot and path: a resumed run finds the reply in its journal."""
    path = f"gate:{path}:{sample.slot}"
    model = chat.draw_model(role, lambda: Random(f"{sample.seed_id}:{path}"))  # noqa: S311  # reproducible draws, no secrets
    key = call_key(sample.seed_id, path, 0)
    return await chat.complete(Call(key, text_hash(model, request), sample.seed_id, path, 0, role, model, request))
