"""Function calling: a model answers with the help of functions that really run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from stream_synth.errors import ChatError, ConfigError
from stream_synth.protocols import Ask, Tools
from stream_synth.recipes.calling import Dialogue, answered_with_calls
from stream_synth.recipes.shared.asking import Candidates, Dropped, sound
from stream_synth.recipes.shared.blocks import together
from stream_synth.recipes.shared.computing import Computing
from stream_synth.recipes.shared.eliminations import is_invalid
from stream_synth.recipes.shared.prompts import load
from stream_synth.recipes.shared.question import read_question
from stream_synth.recipes.shared.replies import charged
from stream_synth.recipes.shared.solving import drafted
from stream_synth.recipes.shared.verdicts import spoken
from stream_synth.values import Completion, Rejected, Sample, Seed, changed
from stream_synth.verify.calling import loading, read_tools
from stream_synth.verify.notebook import Notebook


@dataclass(frozen=True, kw_only=True)
class ToolCalls(Computing):
    """`samples` dialogues per question. The functions of the configuration serve all seeds, unless a seed brings its own."""

    tools: Sequence[Mapping[str, Any]] = field(
        default=(), metadata={"help": "JSON schemas of the functions: name, description, parameters"}
    )
    functions: str = field(default="", metadata={"help": "Python source that defines them; what they keep lasts for the dialogue"})
    user: int = field(default=0, metadata={"help": "further user turns that role `user` writes, after those of the seed", "least": 0})
    max_rounds: int = field(default=8, metadata={"help": "rounds of calls for each user turn at most", "least": 1})
    allow_errors: bool = field(
        default=False, metadata={"help": "show an exception of a function to the model, instead of rejecting the row"}
    )
    require_call: bool = field(default=True, metadata={"help": "reject answers without any call"})

    name = "tool_calls"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.tools:
            try:
                read_tools(self.tools)
            except ValueError as error:
                raise ConfigError(f"tools: {error}") from error

    async def candidates(self, seed: Seed, ask: Ask, tools: Tools) -> Candidates:
        """One candidate per dialogue."""
        question = sound(read_question(seed, self.system))
        draft = drafted(question, self.name, self.system, *([load(self.texts, "follow_up", question.lang).text] if self.user else []))
        try:
            schemas = read_tools(seed.fields.get("tools") or self.tools)
        except ValueError as error:
            raise Dropped(changed(draft, slot="seed"), "seed", "bad_tools", evidence={"problem": str(error)}) from error
        start = Dialogue(draft, question.turns, schemas)
        source, more = str(seed.fields.get("functions") or self.functions), list(seed.fields.get("follow_ups") or ())
        held = await together([self._held(start, (source, more), number, ask, tools) for number in range(self.samples)])
        return await self.sifted([one for one in held if not isinstance(one, ChatError)], tools)

    async def _held(self, start: Dialogue, given: tuple[str, list[str]], number: int, ask: Ask, tools: Tools) -> Sample | Rejected:
        dialogue, (source, more) = changed(start, draft=changed(start.draft, slot=f"answer/{number}")), given
        async with Notebook(self.sandbox(), tools, f"run/{number}") as notebook:
            loaded = await notebook.run(loading(source, dialogue.tools))
            if loaded.failed:
                return dialogue.rejected("seed", "bad_functions", output=loaded.output)
            for turn in range(1 + len(more) + self.user):
                if turn:
                    following = await self._asked_more(dialogue, more[turn - 1 :], turn, number, ask)
                    if following is None:
                        break
                    dialogue = following

                async def asked(step: int, so_far: Dialogue, turn: int = turn) -> Completion:
                    return await ask(f"answer/{turn}/{step}", self.request(so_far.turns, tools=list(so_far.tools)), sample=number)

                answered = await answered_with_calls(dialogue, asked, notebook, self.max_rounds, allow_errors=self.allow_errors)
                if isinstance(answered, Rejected):
                    return answered
                dialogue = answered
        return dialogue.row() if dialogue.calls or not self.require_call else dialogue.rejected("call", "none")

    async def _asked_more(self, dialogue: Dialogue, given: Sequence[str], turn: int, number: int, ask: Ask) -> Dialogue | None:
        """With the user's next turn, given or written; None when there is none: the dialogue is whole as it stands."""
        if given:
            return dialogue.said({"role": "user", "content": given[0]})
        names = ", ".join(tool["function"]["name"] for tool in dialogue.tools)
        told = "\n\n".join(f"{one['role']}: {one['content']}" for one in dialogue.turns if one["content"])
        prompt = load(self.texts, "follow_up", dialogue.draft.lang).fill(functions=names, dialogue=told)
        try:
            reply = await ask(f"follow_up/{turn}", self.request([{"role": "user", "content": prompt}]), sample=number, role="user")
        except ChatError:
            return None
        said = spoken(reply)
        if not said or is_invalid(said):
            return None
        return changed(dialogue.said({"role": "user", "content": said}), draft=charged(dialogue.draft, reply))
