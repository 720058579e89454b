"""New problems between two given ones, and solutions that bear each other out where no answer is known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stream_synth.protocols import Ask
from stream_synth.recipes.shared.asking import Asking
from stream_synth.recipes.shared.eliminations import is_invalid, same_text
from stream_synth.recipes.shared.prompts import load
from stream_synth.recipes.shared.question import Question
from stream_synth.recipes.shared.replies import answered, noted
from stream_synth.recipes.shared.solving import drafted
from stream_synth.values import Rejected, Sample, Seed, changed
from stream_synth.verify import final_answer, same_answer


async def interpolated(easier: Question, seed: Seed, asking: Asking, ask: Ask) -> Sample | Rejected:
    """A row of a new problem, charged with its making, waiting for its answer.

    Rejected at step `seed` (`no_second_problem`), or `interpolate`: `invalid`, `copied`, or as `answered` does.
    """
    name, lang = "interleaved_code", easier.lang
    template = load(name, "interpolate", lang)
    draft = drafted(easier, name, asking.system, template.text, load(name, "solve", lang).text)
    harder = str(seed.fields.get("harder") or "").strip()
    if not harder:
        return Rejected(changed(draft, slot="seed"), "seed", "no_second_problem")
    draft = changed(draft, slot="interpolate", meta={**draft.meta, "between": [easier.prompt, harder], "generation_type": "interpolated"})
    turn = {"role": "user", "content": template.fill(easier=easier.prompt, harder=harder)}
    candidate = answered(draft, await ask("interpolate", asking.request([turn])), "interpolate")
    if isinstance(candidate, Rejected):
        return candidate
    problem = candidate.response
    if is_invalid(problem):
        return Rejected(candidate, "interpolate", "invalid")
    if same_text(problem, easier.prompt) or same_text(problem, harder):
        return Rejected(candidate, "interpolate", "copied")
    system = [turn for turn in easier.turns if turn["role"] == "system"]
    return changed(candidate, prompt=problem, response="", reasoning="", messages=(*system, {"role": "user", "content": problem}))


def agreeing(candidates: Sequence[Sample | Rejected]) -> list[Sample | Rejected]:
    """The solutions when every one of them is whole and all end in the same answer.

    Otherwise those that are whole are rejected at step `answer` (`no_answer`) or `agree`: `too_few`, `disagree`.
    """
    read = [(one, final_answer(one.response) if isinstance(one, Sample) else None) for one in candidates]
    answers = [found.text if found and not found.guessed else None for _, found in read]
    said = [one for one in answers if one is not None]
    agree = all(same_answer(one, said[0]) for one in said)
    judged: list[Sample | Rejected] = []
    for (candidate, found), answer in zip(read, answers, strict=True):
        if isinstance(candidate, Rejected):
            judged.append(candidate)
            continue
        evidence: dict[str, Any] = {"answers": answers}
        if answer is None or found is None:
            judged.append(Rejected(candidate, "answer", "no_answer", evidence=evidence))
            continue
        sample = noted(candidate, got=answer, answer_how=found.how)
        if len(said) < len(answers):
            judged.append(Rejected(sample, "agree", "too_few", evidence=evidence))
        else:
            judged.append(sample if agree else Rejected(sample, "agree", "disagree", evidence=evidence))
    return judged
