from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stream_synth.errors import ConfigError
from stream_synth.gates import GateHome
from stream_synth.gates.similar_instruction import SimilarInstruction, SimilarOptions
from stream_synth.values import Sample, Verdict

TEN = "name the ten largest lakes of this country by their area"


def row(name: str, prompt: str, *, parent: str = "", instruction: str = "") -> Sample:
    """A row of its own seed, unless a parent is named."""
    return Sample(prompt, "…", id=name, seed_id=parent or name, meta={"instruction": instruction} if instruction else {})


def judged(samples: Sequence[Sample], batch: int = 1, options: SimilarOptions | None = None) -> list[Verdict]:
    """Final verdicts; judged in batches, remembered when passed."""
    gate = SimilarInstruction(options or SimilarOptions(), GateHome())
    found = []
    for start in range(0, len(samples), batch):
        part = samples[start : start + batch]
        measured = gate.measure(part)
        for sample, read, verdict in zip(part, measured, gate.look(part, measured), strict=True):
            final = verdict or gate.admit(sample, read)
            if final.passed:
                gate.remember(sample, read)
            found.append(final)
    gate.close()
    return found


def twins(verdicts: Sequence[Verdict]) -> list[str]:
    """Whose twin each row is."""
    return [str(verdict.evidence.get("duplicate_of", "")) for verdict in verdicts]


@pytest.mark.parametrize(
    ("one", "other", "kept"),
    [
        (TEN, "name the ten largest rivers of this country by their length", False),  # 9 of 11
        (TEN, "name the five longest rivers of this region by their length", True),  # 6 of 11
        ("列举三种常见的水果并说明它们的营养", "列举五种常见的蔬菜并说明它们的营养", False),
        ("列举三种常见的水果并说明它们的营养", "请介绍几种蔬菜以及怎样烹调它们", True),
        ("a b c d e f g h i j", "a b c d e f g x y z", True),  # exactly 0.7
        ("一二三四五六七八九十甲乙丙丁戊己庚辛壬癸", "一二三四五六七八九十甲乙丙子丑寅卯辰巳午", True),  # exactly 0.65
        ("一二三四五六七八九十甲乙丙丁戊己庚辛壬癸", "一二三四五六七八九十甲乙丙丁丑寅卯辰巳午", False),
    ],
)
def test_instructions_above_the_threshold_go(one: str, other: str, *, kept: bool) -> None:
    """On words, and on Chinese characters with their own threshold."""
    first, second = judged([row("a", one), row("b", other)])

    assert first.passed
    assert second.passed == kept
    if not kept:
        assert (second.reason, second.evidence["duplicate_of"]) == ("similar_instruction", "a")


def test_a_row_that_passes_names_its_neighbours() -> None:
    """The most similar first, and the mean over all; the score is the highest."""
    last = judged([row("a", "name a lake"), row("b", "write about war"), row("c", "name a river near Rome")], 3)[-1]

    assert last.evidence["meta"] == {"most_similar": {"a": 0.5, "b": 0.0}, "mean_similarity": 0.25}
    assert last.score == pytest.approx(0.5)


def test_inputs_of_one_task_are_no_twins_but_tasks_of_one_seed_are() -> None:
    """The instruction alone counts where a recipe tells it from its input."""
    samples = [
        row("a", f"{TEN}\nFrance", instruction=TEN, parent="s"),
        row("b", f"{TEN}\nSpain", instruction=TEN, parent="s"),
        row("c", f"{TEN} and depth\nSpain", instruction=f"{TEN} and depth", parent="s"),
        row("d", f"{TEN}\nItaly", instruction=TEN),
    ]

    assert twins(judged(samples, 4)) == ["", "", "a", "a"]


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 30))
def test_batches_and_bounds_decide_as_one_row_at_a_time(seed: int, batch: int) -> None:
    """Any batch size, with and without comparing everything, decides alike."""
    rng = random.Random(seed)
    vocabulary = [f"w{number}" for number in range(9)] + list("一二三四五六")
    samples = [
        row(str(number), " ".join(rng.choices(vocabulary, k=rng.randint(0, 9))), parent=rng.choice(["", "p"])) for number in range(30)
    ]

    one_by_one = judged(samples)
    together = judged(samples, batch)
    bounded = judged(samples, batch, SimilarOptions(neighbours=0))

    assert [verdict.evidence for verdict in together] == [verdict.evidence for verdict in one_by_one]
    assert twins(bounded) == twins(together)


def test_seed_tasks_in_a_file_count_from_the_start(tmp_path: Path) -> None:
    """By their instruction, whatever their instances hold."""
    tasks = [
        {"id": "seed_task_0", "name": "lakes", "instruction": TEN, "instances": [{"input": "", "output": "…"}], "is_classification": False}
    ]
    alpaca = [{"instruction": "describe the rainy season in one sentence", "input": "India " * 9, "output": "wet"}]
    for name, rows in (("tasks", tasks), ("alpaca", alpaca)):
        (tmp_path / f"{name}.jsonl").write_bytes(b"\n".join(map(orjson.dumps, rows)))
    options = SimilarOptions(against=(str(tmp_path / "tasks.jsonl"), str(tmp_path / "alpaca.jsonl")))

    found = judged([row("a", TEN), row("b", "describe the rainy season in a sentence"), row("c", "sing")], 3, options)

    assert twins(found) == [f"{tmp_path}/tasks.jsonl#1", f"{tmp_path}/alpaca.jsonl#1", ""]


@pytest.mark.parametrize("options", [{"threshold": 0}, {"threshold_zh": 1.5}, {"neighbours": -1}, {"against": ("nowhere",)}])
def test_impossible_options_are_configuration_errors(options: dict[str, object]) -> None:
    """Named at once."""
    with pytest.raises(ConfigError, match=next(iter(options))):
        SimilarInstruction(SimilarOptions(**options), GateHome())  # type: ignore[arg-type]
