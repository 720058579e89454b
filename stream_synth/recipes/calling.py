"""A dialogue in which the assistant calls functions: each call held against its schema, run, and answered with its result."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from stream_synth.errors import ChatError
from stream_synth.recipes.shared.replies import answered, charged, unanswered, unusable
from stream_synth.values import Completion, Json, Message, Rejected, Sample, changed
from stream_synth.verify.calling import ToolCall, problem_of, read_calls, running
from stream_synth.verify.notebook import Notebook


@dataclass(frozen=True, slots=True)
class Dialogue:
    """What was said so far, with all calls and their results. `draft` is charged with every reply."""

    draft: Sample
    turns: tuple[Message, ...]
    tools: tuple[Json, ...]
    calls: tuple[dict[str, Any], ...] = ()

    def said(self, *turns: Message) -> Dialogue:
        """With more turns."""
        return changed(self, turns=(*self.turns, *turns))

    def row(self) -> Sample:
        """The dialogue as a row; the last turn is the response."""
        asked = [str(turn["content"]) for turn in self.turns if turn["role"] == "user"]
        meta = {**self.draft.meta, "calls": list(self.calls), "shape": self._shape()}
        return changed(self.draft, prompt="\n\n".join(asked), messages=self.turns, tools=self.tools, meta=meta)

    def rejected(self, step: str, reason: str, **evidence: Any) -> Rejected:  # noqa: ANN401  # JSON
        """What was said so far, and why it goes no further."""
        return Rejected(self.row(), step, reason, evidence=evidence)

    def _shape(self) -> str:
        rounds = [turn for turn in self.turns if turn.get("tool_calls")]
        if sum(turn["role"] == "user" for turn in self.turns) > 1:
            return "multi_turn"
        if any(len(turn["tool_calls"]) > 1 for turn in rounds):
            return "parallel"
        return "multi_step" if len(rounds) > 1 else "single"

    def _last_round(self) -> list[Json]:
        """The calls whose results came last, if nothing was said since."""
        said = next(turn for turn in reversed(self.turns) if turn["role"] != "tool")
        return [one["function"] for one in said.get("tool_calls", ())]

    async def called(self, text: str, calls: Sequence[ToolCall], notebook: Notebook, *, allow_errors: bool) -> Dialogue | Rejected:
        """With these calls and their results. Rejected at step `call`; then no call of the round has its result."""
        made = [call.as_json(len(self.calls) + number) for number, call in enumerate(calls, 1)]
        told = self.said({"role": "assistant", "content": text, "tool_calls": made})
        for call in calls:
            problem = problem_of(call, self.tools)
            if problem:
                return told.rejected("call", problem[0], call=call.name, arguments=call.arguments, problem=problem[1])
        if self._last_round() == [one["function"] for one in made]:
            return told.rejected("call", "repeated", calls=[one["function"] for one in made])
        results: list[Message] = []
        for call, one in zip(calls, made, strict=True):
            ran = await notebook.run(running(call))
            if ran.outcome not in {"ok", "error"} or (ran.failed and not allow_errors):
                reason = "error" if ran.outcome == "error" else "ended"
                return told.rejected("call", reason, call=call.name, arguments=call.arguments, output=ran.output)
            said = json.dumps({"error": ran.output.rpartition("\n")[2]}, ensure_ascii=False) if ran.failed else ran.output
            results.append({"role": "tool", "tool_call_id": one["id"], "name": call.name, "content": said})
        done = (
            {"name": call.name, "arguments": call.arguments, "result": one["content"]} for call, one in zip(calls, results, strict=True)
        )
        return changed(told.said(*results), calls=(*self.calls, *done))


Asker = Callable[[int, Dialogue], Awaitable[Completion]]  # the reply after so many rounds of calls


async def answered_with_calls(
    dialogue: Dialogue, asked: Asker, notebook: Notebook, most: int, *, allow_errors: bool
) -> Dialogue | Rejected:
    """The dialogue once a reply calls nothing: its text is the answer to the last user turn. At most `most` rounds of calls before."""
    for number in range(most + 1):
        try:
            reply = await asked(number, dialogue)
        except ChatError as error:
            return unanswered(dialogue.row(), "answer", error)
        calls = read_calls(reply.tool_calls, reply.text)
        if not calls:
            candidate = answered(changed(dialogue.draft, messages=dialogue.turns), reply, "answer")
            if isinstance(candidate, Rejected):
                return changed(candidate, sample=changed(dialogue, draft=candidate.sample).row())
            return changed(dialogue, draft=candidate, turns=candidate.messages)
        dialogue = changed(dialogue, draft=charged(dialogue.draft, reply, reply.reasoning, reply.text))
        trouble = unusable(changed(reply, text=reply.text or "calls"))
        if trouble:
            return dialogue.rejected("answer", trouble[0], **trouble[1])
        said = reply.text.partition("<tool_call>")[0].strip()
        if number == most:
            return dialogue.rejected("answer", "too_many_rounds", most=most)
        grown = await dialogue.called(said, calls, notebook, allow_errors=allow_errors)
        if isinstance(grown, Rejected):
            return grown
        dialogue = grown
    raise AssertionError("the last round has returned")
