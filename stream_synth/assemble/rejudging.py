"""Rows that are there already before gates that may ask models: what was paid for once is not asked for again."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from random import Random

from stream_synth.assemble.session import Session, Summary, first_of_ours
from stream_synth.chat.replay import completion_of
from stream_synth.errors import RunError
from stream_synth.journal import JournalReader
from stream_synth.protocols import Chat
from stream_synth.values import Call, Completion, Json


async def regate(session: Session, judged: Path, *, allow_calls: bool = False) -> Summary:
    """Run or resume a session over the candidates of the run in `judged`. Replies recorded there are never asked for again."""
    with closing(JournalReader(judged)) as journal:
        session.listen = lambda chat: Recorded(chat, journal, allow_calls)
        try:
            return await session.run()
        except BaseExceptionGroup as group:
            raise first_of_ours(group) from group


@dataclass(slots=True)
class Recorded:
    """A chat that gives the replies an earlier run paid for, and asks for others only where that is allowed."""

    chat: Chat
    journal: JournalReader
    allow_calls: bool

    async def complete(self, call: Call) -> Completion:
        """The recorded reply to the same words; `RunError` where there is none and calls are not allowed."""
        known = self.journal.reply(call.key)
        if known is not None and known.text_hash == call.text_hash:
            return completion_of(known)
        if not self.allow_calls:
            raise RunError(
                f"a gate asks {call.role} ({call.model}) about seed {call.seed_id}, and no reply to that is recorded: "
                "add --allow-calls to pay for it, or leave that gate out of gates:"
            )
        return await self.chat.complete(call)

    def draw_model(self, role: str, rng: Callable[[], Random]) -> str:
        """That of the chat behind."""
        return self.chat.draw_model(role, rng)

    def close_admission(self) -> None:
        """That of the chat behind."""
        self.chat.close_admission()

    def abort(self) -> None:
        """That of the chat behind."""
        self.chat.abort()

    def snapshot(self) -> Json:
        """That of the chat behind."""
        return self.chat.snapshot()
