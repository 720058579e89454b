"""What students answer, held against the teacher's own solution: a right answer and a wrong one make a pair."""

from __future__ import annotations

from collections.abc import Sequence

from stream_synth.errors import ChatError
from stream_synth.protocols import Ask
from stream_synth.recipes.shared.asking import Asking
from stream_synth.recipes.shared.blocks import against_gold, all_of
from stream_synth.recipes.shared.judge import judged
from stream_synth.recipes.shared.replies import answered, noted, plus, reply_turn, unanswered, unpaid
from stream_synth.values import Rejected, Sample, changed
from stream_synth.verify import final_answer, normal_form, only_number, read_number

TOLD_BY = {("answer", "wrong_answer"): "rule", ("judge", "judged_wrong"): "judge"}  # step and reason of an answer that is wrong


async def paired(solved: Sample, students: int, asking: Asking, ask: Ask, *, judge: bool) -> list[Sample | Rejected]:
    """The solved row as a pair, or why there is none; before it the students' replies that are neither right nor wrong.

    Chosen is the first right answer of a student, or the teacher's where none is right; rejected the first wrong one. The pair is
    charged with the teacher's reply, with the answers that were told apart and with what the judge took for them.
    """
    bare = changed(unpaid(solved), reasoning="", messages=solved.messages[:-1])
    try:
        replies = await ask.many("student", asking.request(bare.messages), students, role="student")
    except ChatError as error:
        return [unanswered(solved, "student", error)]
    answers = [answered(changed(bare, slot=f"{solved.slot}/student/{number}"), reply, "student") for number, reply in enumerate(replies)]
    told = await all_of([_matched(answer, solved, ask, judge=judge) for answer in answers])
    lost = [one for one in told if isinstance(one, Rejected) and (one.step, one.reason) not in TOLD_BY]
    right = [one for one in told if isinstance(one, Sample)]
    wrong = [one for one in told if isinstance(one, Rejected) and (one.step, one.reason) in TOLD_BY]
    return [*lost, _pair(solved, right, wrong)]


async def _matched(answer: Sample | Rejected, solved: Sample, ask: Ask, *, judge: bool) -> Sample | Rejected:
    """A student's answer as `Sample` when it comes to what the teacher's does. By the rule where both state a number, else by the judge."""
    if isinstance(answer, Rejected):
        return answer
    expected, found = _number_of(solved.response), final_answer(answer.response)
    if expected and found and not found.guessed:
        return against_gold(answer, (expected,))
    if judge:
        return await judged(answer, solved.prompt, solved.response, ask)
    return Rejected(answer, "match", "undecided", evidence={"expected": expected})


def _number_of(solution: str) -> str:
    """The number that a solution states as its answer; empty where it states none, or something else."""
    found = final_answer(solution)
    if found is None or found.guessed:
        return ""
    return found.text if read_number(normal_form(found.text)) is not None else only_number(found.text)


def _pair(solved: Sample, right: Sequence[Sample], wrong: Sequence[Rejected]) -> Sample | Rejected:
    paid = plus(solved, *right, *(one.sample for one in wrong))
    paid = noted(paid, students_right=len(right), students_wrong=len(wrong))
    if not wrong:
        return Rejected(paid, "pair", "none_wrong", evidence={"right": len(right)})
    chosen, rejected = (right[0] if right else solved), wrong[0].sample
    said = {
        "chosen_from": "student" if right else "teacher",
        "chosen_model": chosen.model,
        "rejected_model": rejected.model,
        "rejected_by": TOLD_BY[wrong[0].step, wrong[0].reason],
        "rejected_because": wrong[0].evidence,
        **({"teacher_solution": solved.response} if right else {}),
    }
    return changed(
        paid,
        response=chosen.response,
        reasoning=chosen.reasoning,
        messages=(*solved.messages[:-1], reply_turn(chosen.response)),
        chosen=chosen.response,
        rejected=rejected.response,
        model=chosen.model,
        finish_reason=chosen.finish_reason,
        meta={**paid.meta, **said},
    )
