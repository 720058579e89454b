"""Self-consistency: many solutions of a question without a gold answer; those that agree with the majority stay, open ones in meaning."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import cycle

from stream_synth.errors import ConfigError
from stream_synth.protocols import Ask, Tools
from stream_synth.recipes.agreeing import agreed
from stream_synth.recipes.shared.asking import Candidates, Dropped, sound
from stream_synth.recipes.shared.prompts import load
from stream_synth.recipes.shared.question import Question, read_question
from stream_synth.recipes.shared.replies import noted, reply_turn
from stream_synth.recipes.shared.solving import Solver, Solving, boxed, boxed_text, drafted
from stream_synth.text.sampling import Spread
from stream_synth.values import Rejected, Sample, Seed, changed
from stream_synth.verify import Vote, final_answer, gold_answer, majority, same_answer

FORMATS = ("question", "steps", "direct", "few_steps", "few_direct")


@dataclass(frozen=True, kw_only=True)
class SelfConsistency(Solving):
    """`samples` solutions per question; every one that ends in the majority's answer, `keep` at most."""

    samples: int = field(default=32, metadata={"help": "solutions per question (LMSI: 32)", "least": 2})
    temperature: Spread | None = field(default=0.7, metadata={"help": "LMSI: 0.7, and 1.2 of a model that was tuned on such rows"})
    min_share: float = field(
        default=0.0, metadata={"help": "least share of all solutions that agree; the paper keeps any majority", "least": 0, "most": 1}
    )
    guesses: bool = field(default=False, metadata={"help": "the last number of a solution that states no answer is a vote too"})
    judge: bool = field(default=False, metadata={"help": "open rows: role `judge` says which answers agree in meaning, and these vote"})
    formats: Sequence[str] = field(
        default=("question",),
        metadata={"help": f"how rows ask, in turn: {', '.join(FORMATS)}; the paper mixes the last four"},
    )

    name = "self_consistency"

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.formats or not set(self.formats) <= set(FORMATS):
            raise ConfigError(f"formats is {list(self.formats)}; choose from {', '.join(FORMATS)}")

    async def candidates(self, seed: Seed, ask: Ask, tools: Tools) -> Candidates:
        """One candidate per solution."""
        question = sound(read_question(seed, self.system))
        texts = [load(self.texts, one, question.lang).text for one in self.formats if one != "question"]
        if self.judge:
            texts.append(load(self.texts, "agree", question.lang).text)
        draft = drafted(question, self.name, self.system, boxed_text(question.lang), *texts)
        if seed.fields.get("answer_kind") == "open" and not self.judge:
            raise Dropped(changed(draft, slot="seed"), "seed", "open_answer")
        solved, vote, tally = await self._voted(seed, question, draft, ask)
        judged = [self._judged(one, mine, vote, tally) for one, mine in zip(solved, vote.ballots, strict=True)]
        sifted = await self.sifted(judged, tools)
        return [_formatted(one, question, kind) for one, kind in zip(sifted, cycle(self.formats), strict=False)]

    async def _voted(
        self, seed: Seed, question: Question, draft: Sample, ask: Ask
    ) -> tuple[list[Sample | Rejected], Vote, dict[str, object]]:
        """The solutions, their votes, and what every row says of the vote."""
        is_open = seed.fields.get("answer_kind") == "open"
        turns = question.turns if is_open else boxed(question.turns, question.lang)
        solved = await Solver("solve", turns, self.samples).solutions(draft, self, ask)
        if is_open:
            solved, vote = await agreed(solved, question, ask)
            return solved, vote, {"attempts": self.samples, "votes": vote.counts, "answer_kind": "open"}
        vote = majority([self._ballot(one) for one in solved])
        return solved, vote, {"attempts": self.samples, "votes": vote.counts, **_beside_gold(vote, question)}

    def _ballot(self, solved: Sample | Rejected) -> str | None:
        found = final_answer(solved.response) if isinstance(solved, Sample) else None
        return found.text if found and (self.guesses or not found.guessed) else None

    def _judged(self, solved: Sample | Rejected, mine: str | None, vote: Vote, tally: dict[str, object]) -> Sample | Rejected:
        if isinstance(solved, Rejected):
            return solved
        sample = noted(solved, **tally)
        if mine is None:
            return Rejected(sample, "vote", "no_answer", evidence=tally)
        share = round(vote.counts[mine] / self.samples, 4)
        found = final_answer(solved.response) if "answer_kind" not in tally else None
        got = {"got": found.text, "answer_how": found.how} if found else {}
        sample = changed(noted(sample, **got, share=share), score=share)
        evidence = {**tally, "got": mine, "least": self.min_share}
        if mine not in vote.winners:
            return Rejected(sample, "vote", "minority", share, evidence)
        if len(vote.winners) > 1:
            return Rejected(sample, "vote", "tie", share, evidence)
        return sample if share >= self.min_share else Rejected(sample, "vote", "low_share", share, evidence)


def _beside_gold(vote: Vote, question: Question) -> dict[str, object]:
    gold = gold_answer(question.reference) if question.reference else None
    return {"gold": gold.text, "majority_right": any(same_answer(one, gold.text) for one in vote.winners)} if gold else {}


def _formatted(candidate: Sample | Rejected, question: Question, kind: str) -> Sample | Rejected:
    """The row as `formats` wants it taught; a rejected one stays as it was made."""
    if isinstance(candidate, Rejected):
        return candidate
    if "got" not in candidate.meta:
        kind = "question"  # prose cannot be given as a bare answer
    meta = {**candidate.meta, "format": kind}
    if kind == "question":
        return changed(candidate, meta=meta)
    *earlier, last = question.turns
    asked = {**last, "content": load("self_consistency", kind, question.lang).fill(question=question.asked())}
    direct = kind.endswith("direct")
    said, thought = (candidate.meta["got"], "") if direct else (candidate.response, candidate.reasoning)
    turns = (*earlier, asked, reply_turn(said))
    prompt = "\n\n".join(str(turn["content"]) for turn in turns if turn["role"] == "user")
    return changed(candidate, prompt=prompt, response=said, reasoning=thought, messages=turns, meta=meta)
