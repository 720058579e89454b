"""A seed's rows on their way through the steps of a YAML method.

A row is a set of values and what was paid for it. `ask` with n makes n rows of one; `gate`, `vote` and `cap` turn rows into
rejections; whatever is left at the end is emitted. The rows of a seed go on together: the next seed waits for nobody.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from stream_synth.errors import ChatError
from stream_synth.protocols import Ask, Tools
from stream_synth.recipes.shared.blocks import all_from, together
from stream_synth.recipes.shared.expert import expert_check, load_function
from stream_synth.recipes.shared.prompts import load
from stream_synth.recipes.shared.replies import answered, unanswered, unpaid
from stream_synth.recipes.steps.expressions import computed, filled
from stream_synth.recipes.steps.functions import FUNCTIONS
from stream_synth.recipes.steps.options import (
    ApplyBlock,
    AskBlock,
    Block,
    BranchCase,
    DrawBlock,
    EachBlock,
    FeedBlock,
    RepeatBlock,
    VoteBlock,
)
from stream_synth.recipes.steps.parsing import read
from stream_synth.values import Completion, Message, Rejected, Request, Sample, changed
from stream_synth.verify.vote import majority


@dataclass(frozen=True, slots=True)
class Row:
    """One candidate in the making. `path` says how it came about: which of n replies, which round."""

    values: Mapping[str, Any]
    draft: Sample
    turns: tuple[Message, ...] = ()
    path: str = ""
    paid: bool = field(default=False)  # a call was made for it

    def rejected(self, step: str, reason: str, **evidence: Any) -> Rejected:  # noqa: ANN401
        """Out, with what was known of it."""
        return Rejected(self.draft, step, reason, evidence=evidence)


Rows: TypeAlias = list[Row | Rejected]


@dataclass(frozen=True, slots=True)
class Course:
    """The steps of one seed under way."""

    ask: Ask
    tools: Tools
    places: Mapping[int, int]  # id of a block -> its number in the whole method, for journal and chance
    so_far: Callable[[Row], Sample]  # a row as it would be emitted

    async def through(self, steps: Sequence[Block], rows: Rows) -> Rows:
        """The rows after these steps, in order; rejected ones stay where they are."""
        for block in steps:
            if block.vote:
                rows = _voted(block.vote, rows)
            elif block.cap is not None:
                rows = _capped(block.cap, rows)
            else:
                rows = await all_from([self._stepped(block, row) for row in rows])
        return rows

    async def _stepped(self, block: Block, row: Row | Rejected) -> Rows:
        if isinstance(row, Rejected):
            return [row]
        works: Mapping[str, Callable[[Any, str, Row], Awaitable[Rows]]] = {
            "ask": self._asked,
            "set": self._set,
            "gate": self._gated,
            "apply": self._applied,
            "each": self._each,
            "verify": self._verified,
            "branch": self._branched,
            "repeat": self._repeated,
            "draw": self._drawn,
            "feed": self._fed,
        }
        return await works[block.kind](getattr(block, block.kind), f"{self.places[id(block)]}{row.path}", row)

    async def _asked(self, block: AskBlock, _: str, row: Row) -> Rows:
        text = filled(_prompt(block, row.draft.lang))(row.values)
        text = text if block.mode == "raw" else text.strip()
        turns = _turns(block, text, row)
        sent: dict[str, Any] = {"temperature": block.temperature, "top_p": block.top_p, "max_tokens": block.max_tokens}
        sent["shape"] = _shape(block)
        params = {**{name: value for name, value in sent.items() if value is not None}, **block.params}
        request = Request(prompt=text, params=params) if block.mode == "raw" else Request(turns, params=params)
        step = f"{block.name}{row.path}"
        replies = await together([self.ask(step, request, sample=number, role=block.role) for number in range(block.n)])
        errors = [reply for reply in replies if isinstance(reply, ChatError)]
        if len(errors) == len(replies):
            if not row.paid:
                raise errors[0]
            return [unanswered(row.draft, block.name, errors[0])]
        return [
            _answered(block, reply, turns, row, f"{row.path}/{number}" if block.n > 1 else row.path)
            for number, reply in enumerate(replies)
            if isinstance(reply, Completion)
        ]

    async def _set(self, values: Mapping[str, str], _: str, row: Row) -> Rows:
        made = dict(row.values)
        for name, expression in values.items():
            made[name] = computed(expression)(made)
        return [replace(row, values=made, draft=changed(row.draft, lang=str(made["lang"])))]

    async def _gated(self, given: str | Sequence[str] | Mapping[str, str], _: str, row: Row) -> Rows:
        for reason, expression in reasons_of(given).items():
            if not computed(expression)(row.values):
                return [row.rejected("gate", reason, expression=expression, values=_plain(row.values))]
        return [row]

    async def _branched(self, cases: Sequence[BranchCase], step: str, row: Row) -> Rows:
        chosen = next((case for case in cases if case.when and computed(case.when)(row.values)), None)
        open_cases = [case for case in cases if not case.when]
        if chosen is None and open_cases:
            weights = [case.weight or 1.0 for case in open_cases]
            chosen = self.tools.rng(f"branch/{step}").choices(open_cases, weights)[0]
        return [row] if chosen is None else await self.through(chosen.steps, [row])

    async def _repeated(self, block: RepeatBlock, _: str, row: Row) -> Rows:
        """Round after round for what is not yet done; the calls of a round carry its number."""
        done: Rows = []
        going: list[Row] = [row]
        for turn in range(1, block.times + 1):
            begun: Rows = [replace(one, path=f"{one.path}/r{turn}", values={**one.values, "round": turn}) for one in going]
            going = []
            for one in await self.through(block.steps, begun):
                if isinstance(one, Rejected) or (block.until and computed(block.until)(one.values)):
                    done.append(one)
                else:
                    going.append(one)
        return [*done, *going]

    async def _applied(self, block: ApplyBlock, step: str, row: Row) -> Rows:
        name = block.into or block.call.rpartition(":")[2]
        if ":" in block.call:
            made = await self.tools.journalled(f"apply/{step}", _own(block.call, dict(row.values)))
        else:
            made = FUNCTIONS[block.call](computed(block.of)(row.values))
        if made is None:
            return [row.rejected("apply", name, values=_plain(row.values))]
        gained = made if isinstance(made, Mapping) and not block.into else {name: made}
        return [replace(row, values={**row.values, **gained})]

    async def _each(self, block: EachBlock, _: str, row: Row) -> Rows:
        """The first of the rows carries what was paid so far."""
        items = list(computed(block.of)(row.values) or ())
        rows: Rows = []
        for number, item in enumerate(items):
            draft = unpaid(row.draft) if number else row.draft
            rows.append(replace(row, values={**row.values, block.into: item}, draft=draft, path=f"{row.path}/{number}"))
        return rows or [row.rejected("each", f"no_{block.into}", values=_plain(row.values))]

    async def _verified(self, check: Mapping[str, Any], step: str, row: Row) -> Rows:
        """The check sees the row's values in its `meta`."""
        shown = changed(row.draft, meta={**row.draft.meta, "values": _plain(row.values)}, slot=step)
        said = await expert_check(shown, check, self.tools)
        return [row if isinstance(said, Sample) else replace(said, sample=row.draft)]

    async def _drawn(self, block: DrawBlock, step: str, row: Row) -> Rows:
        drawn = await self.tools.pool(f"{block.into}/{step}", block.count, block.pool, lang=row.draft.lang)
        return [replace(row, values={**row.values, block.into: drawn})]

    async def _fed(self, block: FeedBlock, _: str, row: Row) -> Rows:
        draft = self.so_far(row)
        return [replace(row, draft=changed(draft, meta={**draft.meta, "pools": {**draft.meta.get("pools", {}), block.pool: block.rows}}))]


def _own(call: str, values: dict[str, Any]) -> Callable[[], Awaitable[Any]]:
    """The user's function, journalled because it may look things up."""

    async def made() -> Any:  # noqa: ANN401  # a JSON value
        return load_function(call)(values)

    return made


def _shape(block: AskBlock) -> Mapping[str, Any] | None:
    if block.shape != "auto":
        return block.shape
    return {"choice": list(block.choices)} if block.parse == "choice" else {"json": dict(block.schema)}


def _prompt(block: AskBlock, lang: str) -> str:
    if block.template:
        recipe, _, step = block.template.partition("/")
        return load(recipe, step, lang).text
    if isinstance(block.prompt, str):
        return block.prompt
    return block.prompt.get(lang) or next(iter(block.prompt.values()))


def _turns(block: AskBlock, text: str, row: Row) -> tuple[Message, ...]:
    system = filled(block.system)(row.values) if block.system else ""
    earlier = row.turns if block.dialogue else ()
    opening = ({"role": "system", "content": system},) if system and not earlier else ()
    return (*opening, *earlier, {"role": "user", "content": text})


def _answered(block: AskBlock, reply: Completion, turns: tuple[Message, ...], row: Row, path: str) -> Row | Rejected:
    candidate = answered(changed(row.draft, messages=turns), reply, block.name)
    if isinstance(candidate, Rejected):
        return candidate
    value = read(candidate.response, block)
    if value is None:
        evidence = {"reply": candidate.response[:2000]}
        return Rejected(candidate, block.name, f"unreadable_{block.parse}", evidence=evidence)
    said = {"text": candidate.response, "reasoning": candidate.reasoning, "finish": reply.finish_reason, "model": reply.model}
    replies = {**row.values.get("replies", {}), block.name: said}
    values = {**row.values, "finish": reply.finish_reason, "replies": replies, block.into or block.name: value}
    return Row(values, candidate, candidate.messages if block.dialogue else row.turns, path, paid=True)


def reasons_of(given: str | Sequence[str] | Mapping[str, str]) -> Mapping[str, str]:
    """A gate's expressions by the reason that one which does not hold is."""
    if isinstance(given, Mapping):
        return given
    return {"gate": given} if isinstance(given, str) else {f"gate_{place}": one for place, one in enumerate(given, 1)}


def _voted(block: VoteBlock, rows: Rows) -> Rows:
    living = [row for row in rows if isinstance(row, Row)]
    vote = majority([None if (said := row.values.get(block.over)) is None else str(said) for row in living])
    ballots = iter(vote.ballots)
    most = max(vote.counts.values(), default=0)
    share = most / max(len(living), 1)
    return [row if isinstance(row, Rejected) else _counted(row, next(ballots), vote.winners, share, block.share) for row in rows]


def _counted(row: Row, ballot: str | None, winners: tuple[str, ...], share: float, least: float) -> Row | Rejected:
    if len(winners) != 1 or share < least:
        return row.rejected("vote", "no_majority", share=round(share, 3), winners=list(winners))
    if ballot != winners[0]:
        return row.rejected("vote", "minority", answer=ballot, majority=winners[0])
    return replace(row, values={**row.values, "majority": winners[0], "share": round(share, 3)})


def _capped(most: int, rows: Rows) -> Rows:
    kept, after = 0, []
    for row in rows:
        kept += isinstance(row, Row)
        after.append(row.rejected("cap", "over_cap", cap=most) if isinstance(row, Row) and kept > most else row)
    return after


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values for evidence, without the replies, which are stored as calls."""
    kept = {name: value for name, value in values.items() if name != "replies"}
    return {name: value[:500] if isinstance(value, str) else value for name, value in kept.items()}
