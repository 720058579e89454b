from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stream_synth.errors import ConfigError
from stream_synth.gates import GateHome
from stream_synth.gates.near_duplicate import NearDuplicate, NearOptions
from stream_synth.text import normalise, shingle_hashes
from stream_synth.values import DedupOn, Sample

EN = [f"word{number}" for number in range(400)]
ZH = [chr(0x4E00 + number) for number in range(400)]


def row(name: str, response: str, *, prompt: str = "", on: DedupOn = "response", parent: str = "") -> Sample:
    """A row of its own seed, unless a parent is named."""
    return Sample(prompt, response, id=name, seed_id=parent or name, dedup_on=on)


def judged(gate: NearDuplicate, samples: Sequence[Sample], batch: int) -> list[tuple[str, float]]:
    """(id of the twin, similarity) for each row, ("", 0) where it passes; judged in batches, remembered when passed."""
    found = []
    for start in range(0, len(samples), batch):
        part = samples[start : start + batch]
        measured = gate.measure(part)
        for sample, signed, verdict in zip(part, measured, gate.look(part, measured), strict=True):
            final = verdict or gate.admit(sample, signed)
            if final.passed:
                gate.remember(sample, signed)
            found.append((str(final.evidence.get("duplicate_of", "")), float(final.evidence.get("similarity", 0))))
    gate.close()
    return found


def edited(tokens: list[str], share: float, seed: int) -> list[str]:
    """Some tokens replaced by new ones."""
    rng = random.Random(seed)
    return [f"new{rng.random()}"[:9] if rng.random() < share else token for token in tokens]


def jaccard(one: str, other: str) -> float:
    """True similarity of the 5-gram sets."""
    first, second = (set(shingle_hashes([normalise(text)]).hashes.tolist()) for text in (one, other))
    return len(first & second) / len(first | second)


@pytest.mark.parametrize(("alphabet", "glue"), [(EN, " "), (ZH, "")])
def test_pairs_above_the_threshold_are_found_and_no_others(alphabet: list[str], glue: str) -> None:
    """Edited copies in English and Chinese: recall 0.95 from 0.8 and 0.99 from 0.85, nothing below 0.8 is dropped."""
    rng = random.Random(7)
    caught: list[tuple[float, bool]] = []
    for trial in range(250):
        tokens = rng.choices(alphabet, k=rng.randint(40, 160))
        original, copy = glue.join(tokens), glue.join(edited(tokens, rng.uniform(0.005, 0.06), trial))
        twins = judged(NearDuplicate(NearOptions(), GateHome()), [row("a", original), row("b", copy)], 2)
        caught.append((jaccard(original, copy), twins[1][0] == "a"))

    above, well_above = ([hit for truth, hit in caught if truth >= limit] for limit in (0.8, 0.85))

    assert min(len(above), len(caught) - len(above)) > 50
    assert sum(above) / len(above) >= 0.95
    assert sum(well_above) / len(well_above) >= 0.99
    assert not any(hit for truth, hit in caught if truth < 0.8)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 40))
def test_batches_decide_as_one_row_at_a_time(seed: int, batch: int) -> None:
    """Any batch size gives the decisions, twins and similarities of judging row after row."""
    rng = random.Random(seed)
    texts = [rng.choices(EN[:60], k=rng.randint(1, 40)) for _ in range(12)]
    samples = []
    for number in range(40):
        text = " ".join(edited(rng.choice(texts), rng.choice([0, 0, 0.01, 0.05, 0.3]), rng.randint(0, 99)))
        prompt = " ".join(rng.choice(texts))
        samples.append(
            row(str(number), text, prompt=prompt, on=rng.choice(["both", "prompt", "response"]), parent=rng.choice(["", "p", "q"]))
        )

    together = judged(NearDuplicate(NearOptions(), GateHome()), samples, batch)

    assert together == judged(NearDuplicate(NearOptions(), GateHome()), samples, 1)


def test_evidence_names_the_earliest_twin_and_the_true_similarity() -> None:
    """Similarity is the Jaccard of the shingle sets, not the estimate of the signatures."""
    tokens = random.Random(1).choices(EN, k=400)
    first, second, third = (" ".join(edited(tokens, 0.004, number)) for number in (1, 2, 3))
    gate = NearDuplicate(NearOptions(), GateHome())

    twins = judged(gate, [row("a", first), row("b", second), row("c", third)], 3)

    assert twins[1:] == [("a", round(jaccard(first, second), 4)), ("a", round(jaccard(first, third), 4))]


@pytest.mark.parametrize("batch", [1, 2])
def test_keeping_the_best_rejects_only_after_the_scorers(batch: int) -> None:
    """The same rows are rejected, but by `admit`, so that they carry their score; the evidence tells exports of it."""
    text = "one two three four five six seven eight nine ten"
    gate, samples = NearDuplicate(NearOptions(keep="best"), GateHome()), [row("a", text), row("b", text)]
    verdicts = []

    for start in range(0, 2, batch):
        part = samples[start : start + batch]
        measured = gate.measure(part)
        assert gate.look(part, measured) == [None] * batch
        for sample, signed in zip(part, measured, strict=True):
            verdicts.append(gate.admit(sample, signed))
            if verdicts[-1].passed:
                gate.remember(sample, signed)

    assert [verdict.passed for verdict in verdicts] == [True, False]
    assert verdicts[1].evidence == {"duplicate_of": "a", "similarity": 1.0, "keep": "best"}


def test_answers_of_one_parent_are_compared_without_their_prompt() -> None:
    """A long prompt makes two short answers look alike; between rows of one parent it does not count, and equal answers are found."""
    prompt = " ".join(EN[:200])
    answers = [
        "the first way is to count all the marbles one by one by hand",
        "another solution multiplies rows and columns and then adds two",
    ]
    samples = [
        row("a", answers[0], prompt=prompt, on="both", parent="p"),
        row("b", answers[1], prompt=prompt, on="both", parent="p"),
        row("c", answers[0], prompt=prompt, on="both", parent="p"),
        row("d", answers[1], prompt=prompt, on="both"),
    ]

    twins = judged(NearDuplicate(NearOptions(), GateHome()), samples, 4)

    assert [name for name, _ in twins] == ["", "", "a", "a"]


def test_prompts_of_one_parent_are_exempt() -> None:
    """On prompts, only rows of other parents are twins."""
    prompt = " ".join(EN[:50])
    samples = [row("a", "x", prompt=prompt, on="prompt", parent="p"), row("b", "y", prompt=prompt, on="prompt", parent="p")]

    twins = judged(NearDuplicate(NearOptions(), GateHome()), [*samples, row("c", "z", prompt=prompt, on="prompt")], 3)

    assert [name for name, _ in twins] == ["", "", "a"]


def test_a_template_is_no_cluster() -> None:
    """Four hundred rows of one template with other contents stay four hundred rows."""
    rng = random.Random(4)
    template = EN[:60]
    samples = [row(str(number), " ".join(template + rng.choices(ZH, k=40))) for number in range(400)]

    twins = judged(NearDuplicate(NearOptions(), GateHome()), samples, 64)

    assert {name for name, _ in twins} == {""}


def test_short_texts_are_left_to_the_exact_gate() -> None:
    """Below eight tokens nothing is compared or found."""
    twins = judged(NearDuplicate(NearOptions(), GateHome()), [row("a", "it is four"), row("b", "it is four")], 2)

    assert [name for name, _ in twins] == ["", ""]


def test_files_stand_beside_the_database_and_verification_reads_them(tmp_path: Path) -> None:
    """With a folder, payloads are read back from its file; the file is a cache that a new gate begins anew."""
    text = " ".join(EN[:80])
    twins = judged(NearDuplicate(NearOptions(), GateHome(tmp_path)), [row("a", text), row("b", text)], 1)

    again = judged(NearDuplicate(NearOptions(), GateHome(tmp_path)), [row("b", text)], 1)

    assert twins == [("", 0), ("a", 1)]
    assert again == [("", 0)]
    assert (tmp_path / "near_duplicate.shingles").stat().st_size > 0


def test_a_resumed_run_brings_its_rows_back_without_measuring(tmp_path: Path) -> None:
    """From the cache twins are found as before, short rows stay unfound, and new rows go on behind."""
    texts = [" ".join(edited(EN[:80], 0.5, number)) for number in range(30)]
    samples = [row(str(number), text) for number, text in enumerate(texts)] + [row("short", "it is four")]
    judged(NearDuplicate(NearOptions(), GateHome(tmp_path)), samples, 8)
    again = NearDuplicate(NearOptions(), GateHome(tmp_path))

    recalled = again.recall(samples[:16]) and again.recall(samples[16:])

    assert recalled
    twins = judged(
        again,
        [row("x", texts[3]), row("y", texts[29]), row("z", "it is four"), row("n", " ".join(ZH[:40])), row("m", " ".join(ZH[:40]))],
        2,
    )
    assert [name for name, _ in twins] == ["3", "29", "", "", "n"]


def test_other_options_begin_anew(tmp_path: Path) -> None:
    """Signatures of one shape are nothing to another."""
    sample = row("a", " ".join(EN[:80]))
    judged(NearDuplicate(NearOptions(), GateHome(tmp_path)), [sample], 1)
    other = NearDuplicate(NearOptions(ngram=4), GateHome(tmp_path))

    recalled = other.recall([sample])

    assert not recalled
    other.close()


@pytest.mark.parametrize(("threshold", "bands", "rows"), [(0.8, 18, 7), (0.7, 25, 5), (0.9, 11, 11)])
def test_bands_follow_from_the_threshold(threshold: float, bands: int, rows: int) -> None:
    """The longest rows that catch 98 % of the pairs at the threshold."""
    assert NearOptions(threshold=threshold).shape() == (bands, rows)


@pytest.mark.parametrize("wrong", [{"threshold": 0}, {"threshold": 1.5}, {"bands": 20, "rows": 7}, {"ngram": 0}])
def test_impossible_options_are_refused(wrong: dict[str, float]) -> None:
    """A configuration error names the option."""
    with pytest.raises(ConfigError, match="near_duplicate"):
        NearOptions(**wrong)  # type: ignore[arg-type]  # wrong on purpose


@pytest.mark.parametrize("text", ["", "a", "\x00", "\ud800", "！！！"])
def test_texts_without_tokens_pass(text: str) -> None:
    """Empty, one character, NUL, lone surrogates, punctuation: a verdict, and no twin."""
    twins = judged(NearDuplicate(NearOptions(), GateHome()), [row("a", text), row("b", text)], 2)

    assert [name for name, _ in twins] == ["", ""]


def test_a_megabyte_is_compared() -> None:
    """A text of a million characters finds its twin."""
    rng = np.random.default_rng(1)
    text = "".join(map(chr, rng.integers(0x4E00, 0x9000, 1_000_000).tolist()))

    twins = judged(NearDuplicate(NearOptions(), GateHome()), [row("a", text), row("b", "一" + text)], 2)

    assert twins[1][0] == "a"
