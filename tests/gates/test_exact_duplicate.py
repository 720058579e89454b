from __future__ import annotations

from pathlib import Path

import pytest

from stream_synth.gates import GateHome
from stream_synth.gates.exact_duplicate import ExactDuplicate, ExactOptions
from stream_synth.values import DedupOn, Sample


def row(name: str, prompt: str, response: str, *, on: DedupOn = "both", parent: str = "") -> Sample:
    """A row of its own seed, unless a parent is named."""
    return Sample(prompt, response, id=name, seed_id=parent or name, dedup_on=on)


def judged(samples: list[Sample], home: GateHome | None = None) -> list[str]:
    """For each row judged in one batch, the id of its twin, "" where it passes."""
    gate = ExactDuplicate(ExactOptions(), home or GateHome())
    measured = gate.measure(samples)
    looked = gate.look(samples, measured)
    twins = []
    for sample, text, verdict in zip(samples, measured, looked, strict=True):
        final = verdict or gate.admit(sample, text)
        if final.passed:
            gate.remember(sample, text)
        twins.append(str(final.evidence.get("duplicate_of", "")))
    gate.close()
    return twins


@pytest.mark.parametrize("on_disk", [True, False])
def test_the_same_pair_is_a_duplicate_in_any_spelling(tmp_path: Path, *, on_disk: bool) -> None:
    """Case, width and white space do not matter; punctuation and digits do."""
    samples = [
        row("a", "What is 2+2?", "It is 4."),
        row("b", "what is  2+2？", "it is 4. "),
        row("c", "What is 2+2?", "It is 5."),
        row("d", "What is 2+2", "It is 4."),
    ]

    twins = judged(samples, GateHome(tmp_path) if on_disk else None)

    assert twins == ["", "a", "", ""]


def test_two_answers_to_one_prompt_are_two_rows() -> None:
    """On both sides, only the same answer to the same prompt is a duplicate, of one parent too."""
    samples = [row("a", "Q", "yes", parent="p"), row("b", "Q", "no", parent="p"), row("c", "Q", "yes", parent="p")]

    assert judged(samples) == ["", "", "a"]


def test_thinking_is_part_of_what_a_row_teaches() -> None:
    """The same answer reached another way is another row."""
    first, second = row("a", "Q", "4"), row("b", "Q", "4")
    other = Sample("Q", "4", reasoning="Two and two are four.", id="c", seed_id="c")

    assert judged([first, other, second]) == ["", "", "a"]


def test_prompts_of_one_parent_are_exempt() -> None:
    """On prompts, rows of one parent share theirs by design; another parent may not."""
    samples = [row("a", "Q", "1", on="prompt", parent="p"), row("b", "Q", "2", on="prompt", parent="p"), row("c", "Q", "3", on="prompt")]

    assert judged(samples) == ["", "", "a"]


def test_on_responses_the_prompt_does_not_count() -> None:
    """Two topics may not share a text, one parent included; a prompt never equals a response."""
    samples = [row("a", "X", "text", on="response"), row("b", "Y", "text", on="response"), row("c", "text", "Z", on="prompt")]

    assert judged(samples) == ["", "a", ""]


def test_a_rejected_row_is_not_remembered() -> None:
    """What a later gate rejects does not block its twin, and a look at an older batch sees newer rows when it is admitted."""
    gate = ExactDuplicate(ExactOptions(), GateHome())
    first, twin, third = row("a", "Q", "x"), row("b", "Q", "x"), row("c", "Q", "x")
    measured = gate.measure([first, twin, third])

    looked = gate.look([first, twin, third], measured)
    after_first = gate.admit(twin, measured[1])
    gate.remember(twin, measured[1])
    gate.look([first], measured[:1])
    after_twin = gate.admit(third, measured[2])

    assert looked == [None, None, None]
    assert after_first.passed
    assert after_twin.evidence == {"duplicate_of": "b", "similarity": 1.0}


@pytest.mark.parametrize("text", ["", "a", "\x00", "\ud800", "啊" * 1_000_000])
def test_strange_texts_get_a_verdict(text: str) -> None:
    """Empty, one character, NUL, lone surrogates and a megabyte: the second is a duplicate of the first."""
    assert judged([row("a", text, text), row("b", text, text)]) == ["", "a"]
