"""Solutions in which text, code and what the code printed follow each other: one reply after the other, run as it comes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from stream_synth.errors import ChatError
from stream_synth.recipes.shared.prompts import load
from stream_synth.recipes.shared.replies import answered, reply_turn, unanswered
from stream_synth.text.interleaved import STOPS, Block, next_code, rendered, shown, tagged
from stream_synth.values import Completion, Message, Rejected, Sample, changed
from stream_synth.verify.notebook import Execution, Notebook

MAX_BLOCKS = 32  # MathCoder's bound on the blocks of a solution


@dataclass(frozen=True, slots=True)
class Partial:
    """A solution under way. `draft` is charged with every reply in it; `turns` are what the model has seen."""

    draft: Sample
    turns: tuple[Message, ...]
    blocks: tuple[Block, ...] = ()
    last: Execution | None = None  # of the last reply; None: it held no code
    error: str = ""

    @property
    def code(self) -> list[str]:
        """The blocks that ran."""
        return [block["content"] for block in self.blocks if block["kind"] == "code"]

    def row(self) -> Sample:
        """What stands so far, as a row: all blocks in the response and in meta."""
        said = rendered(self.blocks)
        meta = {**self.draft.meta, "blocks": list(self.blocks), "error_message": self.error}
        return changed(self.draft, response=said, messages=(*self.draft.messages, reply_turn(said)), meta=meta)

    def rejected(self, step: str, reason: str, **evidence: Any) -> Rejected:  # noqa: ANN401  # JSON
        """What stands so far, and why it goes no further."""
        return Rejected(self.row(), step, reason, evidence=evidence)

    def failed(self) -> Rejected | None:
        """Rejected at step `run` when the last block failed: `error`, or `ended` by time, memory, output or a crash."""
        if self.last is None or not self.last.failed:
            return None
        reason = "error" if self.last.outcome == "error" else "ended"
        return self.rejected("run", reason, outcome=self.last.outcome, output=self.last.output)

    async def grown(self, reply: Completion, notebook: Notebook) -> Partial | Rejected:
        """With a reply more: its text, its first block of code, and what that printed. Rejected at step `solve` as `answered` does."""
        candidate = answered(self.draft, reply, "solve")
        sample = candidate.sample if isinstance(candidate, Rejected) else candidate
        draft = changed(sample, response="", reasoning="", messages=self.draft.messages)
        if isinstance(candidate, Rejected):
            return changed(candidate, sample=changed(self, draft=draft).row())
        text, code = next_code(sample.response)
        blocks = (*self.blocks, Block(kind="text", content=text))
        if code is None:
            return changed(self, draft=draft, blocks=blocks, last=None, turns=(*self.turns, reply_turn(text)))
        ran = await notebook.run(code)
        blocks += (Block(kind="code", content=code), Block(kind="execution", content=ran.output))
        told = load("interleaved_code", "output", draft.lang).fill(output=shown(ran.output))
        turns = (*self.turns, reply_turn(f"{text}\n{tagged(code)}".strip()), {"role": "user", "content": told})
        return Partial(draft, turns, blocks, ran, ran.output if ran.failed else self.error)


Asker = Callable[[int, Partial], Awaitable[Completion]]  # the reply to a partial solution, which has grown so many times


async def solved(partial: Partial, asked: Asker, notebook: Notebook, most: int, *, stop_at_error: bool) -> Partial | Rejected:
    """The solution once a reply holds no code, after `most` blocks of code at the most.

    Rejected at step `solve`: `truncated`, `refused`, `empty`, `tag_damage`, `call_failed`, `too_many_blocks`; at step `run`:
    `error` (with `stop_at_error`), `ended`.
    """
    for number in range(most + 1):
        try:
            reply = await asked(number, partial)
        except ChatError as error:
            return unanswered(partial.row(), "solve", error)
        grown = await partial.grown(reply, notebook)
        if isinstance(grown, Rejected) or grown.last is None:
            return grown
        partial = grown
        failed = partial.failed()
        if failed and (stop_at_error or failed.reason == "ended"):
            return failed
    return partial.rejected("solve", "too_many_blocks", most=most)


__all__ = ["MAX_BLOCKS", "STOPS", "Asker", "Partial", "solved"]
