from __future__ import annotations

from pathlib import Path

import pytest

from stream_synth.errors import ConfigError
from stream_synth.gates import GateHome
from stream_synth.gates.contamination import Contamination, ContaminationOptions
from stream_synth.values import Sample
from tests.gates.contamination.fixtures import CANDLES, CHINESE, CHINESE_CHOICES, CHOICE, CHOICES, CODE, TASK, gate, verdict


def lettered(question: str, choices: tuple[str, ...], style: str) -> str:
    return "\n".join([question, *(style.format(letter) + choice for letter, choice in zip("ABCD", choices, strict=True))])


@pytest.mark.parametrize(
    ("item", "prompt"),
    [
        ("candles", CANDLES),
        ("candles", f"请解答下面的问题：\n{CANDLES}"),
        ("candles", CANDLES.upper().replace(".", " .")),
        ("orvane", lettered(CHOICE, CHOICES, "{}. ")),
        ("orvane", lettered(CHOICE, CHOICES, "({}) ")),
        ("orvane", CHOICE),
        ("竹简", lettered(CHINESE, CHINESE_CHOICES, "{}、")),
        ("竹简", f"请回答：{CHINESE}____。"),
        ("tides", f"{TASK}\n```python\n{CODE}\n```"),
        ("short", "Tell me this: who drained the Selmer marsh? Thanks!"),
        ("tiny", "Compute $\\dbinom{17}{4}$."),
    ],
)
def test_a_copied_item_is_found(tmp_path: Path, item: str, prompt: str) -> None:
    """Wrapped, in capitals, with or without letters, with code, however short."""
    found = verdict(gate(tmp_path), Sample(prompt, "Let me see."))

    assert not found.passed
    assert (found.evidence["benchmark"], found.evidence["item"]) == ("harbour", item)
    assert found.evidence["coverage"] >= 0.6


@pytest.mark.parametrize(
    "sample",
    [
        Sample("Mireille pours wax into a mould and asks how candles were made in the harbour market of old.", "With tallow."),
        Sample("What did lighthouse keepers burn before electricity?", "Whale oil, coal, and wood, depending on the coast."),
        Sample("竹简是怎样编连的？", "古人用绳索把竹片编在一起，再写字。"),
        Sample("Write a function that returns the widest river in a list of rivers.", "def widest(rivers): return max(rivers)"),
        Sample("Which of the following is true?\nA. Iron rusts\nB. Gold rusts", "A"),
        Sample("In his book he asks who drained the Selmer marsh in vain and long ago.", "Nobody knows."),
        Sample("Station 7 measures wind and rain 22 times a day. How many readings are there in 31 days?", "682"),
    ],
)
def test_a_row_that_only_resembles_an_item_passes(tmp_path: Path, sample: Sample) -> None:
    """Shared phrases, common stems, a short question in passing, other numbers."""
    assert verdict(gate(tmp_path), sample).passed


def test_every_side_of_a_row_is_read(tmp_path: Path) -> None:
    """Thinking, response and a rejected answer may hold the item; the evidence says which, and where."""
    judge = gate(tmp_path)
    rows = {
        "reasoning": Sample("Hello", "Hi", reasoning=f"I recall: {CANDLES}"),
        "response": Sample("Give me a problem.", f"Here: {CANDLES}"),
        "rejected": Sample("Give me a problem.", "No.", chosen="No.", rejected=f"Yes. {CANDLES}"),
    }
    for side, sample in rows.items():
        evidence = verdict(judge, sample).evidence

        begin, end = evidence["span"]
        assert evidence["where"] == side
        assert (getattr(sample, side)[begin:end] + "?").lower() == CANDLES.lower()
        assert CANDLES.lower().startswith(evidence["text"][:100])


def test_pieces_of_an_item_scattered_over_a_long_text_do_not_add_up(tmp_path: Path) -> None:
    """Coverage counts within a stretch of about the item's length."""
    words = CANDLES.split()
    filler = " ".join(f"page{number}" for number in range(300))
    scattered = f" {filler} ".join(" ".join(words[start : start + 9]) for start in range(0, len(words), 9))

    assert verdict(gate(tmp_path), Sample("Read on.", scattered)).passed


def test_a_paraphrase_is_found_where_it_is_asked_for(tmp_path: Path) -> None:
    """Other words, the same names, things and numbers; not so a twin with other numbers and another name."""
    paraphrase = (
        "Each morning Mireille fills 14 moulds with wax, and 9 more in the evening; one candle comes out of every mould. Her aunt receives "
        "5 candles weekly. What does Mireille make per week, in dollars, by selling the remaining candles at the harbour market for $6?"
    )
    twin = (
        "Each day Otto bakes 31 loaves and 12 rolls for the market. He gives 8 to a friend. What does he earn at $2 for each of the rest?"
    )

    assert verdict(gate(tmp_path), Sample(paraphrase, "")).passed
    judge = gate(tmp_path, paraphrase=0.01)
    found = verdict(judge, Sample(paraphrase, ""))
    assert (found.reason, found.evidence["item"]) == ("paraphrases_item", "candles")
    assert verdict(judge, Sample(twin, "")).passed


@pytest.mark.parametrize(
    "text", ["", "a", "中", "\x00", "\ud800", "A. \ud800 B. \udfff\x00", "😀" * 50, "b) " * 5000, "́" * 10000, "word 字 " * 150_000]
)
def test_strange_texts_get_a_verdict(tmp_path: Path, text: str) -> None:
    """Empty, one character, a megabyte, lone surrogates, NUL: never a crash."""
    judge = gate(tmp_path, paraphrase=0.01)

    assert verdict(judge, Sample(text, text)).passed
    assert verdict(judge, Sample(text, f"{text}\n{CANDLES}\n{text}")).evidence["item"] == "candles"


def test_the_shipped_indexes_pass_an_ordinary_row_and_reject_nothing_in_general() -> None:
    """All nine load, together."""
    judge = Contamination(ContaminationOptions(), GateHome())

    rows = [
        Sample("Explain how rain forms.", "Water evaporates, rises, cools, and falls as drops."),
        Sample("写一首关于秋天的短诗。", "落叶满山。"),
    ]

    assert [judge.admit(row, measured).passed for row, measured in zip(rows, judge.measure(rows), strict=True)] == [True, True]


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"benchmarks": ("gsm9k",)}, "did you mean gsm8k"),
        ({"coverage": 0.0}, "coverage is 0.0"),
        ({"short_grams": 40}, "short_grams 40"),
        ({"paraphrase": -1.0}, "paraphrase is -1.0"),
    ],
)
def test_options_that_cannot_work_are_refused(options: dict[str, object], problem: str) -> None:
    """With the nearest name, or the range that is meant."""
    with pytest.raises(ConfigError, match=problem):
        ContaminationOptions(**options)  # type: ignore[arg-type]


def test_no_benchmark_no_rejection() -> None:
    """`benchmarks: []` switches the gate off."""
    judge = Contamination(ContaminationOptions(benchmarks=()), GateHome())

    assert verdict(judge, Sample(CANDLES, "")).passed
