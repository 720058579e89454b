from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from stream_synth.engine.bugs import Bugs
from stream_synth.engine.screen import RefusedSeed, Screen, text_of
from stream_synth.gates import GateHome, build_gate, gate_class
from stream_synth.protocols import Gate
from stream_synth.values import BadRow, Sample, Seed, Verdict


def seed(name: str, text: str, passed: int = 0) -> Seed:
    return Seed(f"{name}#{passed + 1}" if passed else name, {"question": text}, parent_id=name, pass_index=passed)


def gates(*names: str) -> list[Gate]:
    return [build_gate(name, gate_class(name).Options(), GateHome()) for name in names]


def refused(rows: Iterator[Seed | BadRow | RefusedSeed]) -> list[tuple[str, str, str]]:
    return [(row.seed.id, row.verdict.gate, row.verdict.reason) for row in rows if isinstance(row, RefusedSeed)]


QUESTIONS = [f"第{n}题：{n}个苹果分给{n + 3}个小朋友，每人分到多少？请写出过程。" for n in range(5)]


def test_a_repeated_seed_is_refused_and_names_its_twin() -> None:
    """The first stays; the second says which it repeats, and why it failed in words that a table can hold."""
    screen = Screen(gates("rules", "exact_duplicate"), Bugs(20))

    rows = list(screen.over(iter([seed("a", QUESTIONS[0]), seed("b", QUESTIONS[1]), seed("c", QUESTIONS[0]), BadRow("line 4", "broken")])))

    assert [type(row) for row in rows] == [Seed, Seed, RefusedSeed, BadRow]
    assert isinstance(rows[2], RefusedSeed)
    failure = rows[2].failure()
    assert (failure.seed_id, failure.step, failure.kind) == ("c", "source:exact_duplicate", "rejected_input")
    assert '"duplicate_of":"a"' in failure.message


def test_rules_read_the_question() -> None:
    """A stacked phrase and an empty text, in either language, are refused; sound questions are not."""
    screen = Screen(gates("rules"), Bugs(20))
    rows = [seed("zh", QUESTIONS[0]), seed("en", "What is the capital of France?"), seed("loop", "加油" * 100), seed("empty", " ")]

    assert [name for name, _, _ in refused(screen.over(iter(rows)))] == ["loop", "empty"]


def test_another_pass_fares_as_the_first_did() -> None:
    """The second pass over a row is no duplicate of the first; that over a refused row is refused like it."""
    screen = Screen(gates("exact_duplicate"), Bugs(20))
    rows = [seed(name, text, passed) for passed in (0, 1) for name, text in [("a", QUESTIONS[0]), ("b", QUESTIONS[0])]]

    assert [name for name, _, _ in refused(screen.over(iter(rows)))] == ["b", "b#2"]


def test_a_refused_seed_is_not_remembered() -> None:
    """What the second gate rejects is no twin for later seeds in the first."""
    rows = [seed("a", "短"), seed("b", QUESTIONS[1]), seed("c", "短")]
    short = build_gate("rules", gate_class("rules").Options(min_chars=5), GateHome())
    screen = Screen([*gates("exact_duplicate"), short], Bugs(20))

    assert refused(screen.over(iter(rows))) == [("a", "rules", "length"), ("c", "rules", "length")]


def test_the_same_source_is_screened_the_same_in_chunks_of_any_size() -> None:
    """Three hundred seeds, every fifth the same: what is refused does not depend on where a chunk ends."""
    rows = [seed(str(n), QUESTIONS[0] if n % 5 == 0 else f"{n}. {QUESTIONS[n % 5]} {n}") for n in range(300)]

    whole = refused(Screen(gates("exact_duplicate"), Bugs(20)).over(iter(rows)))
    screen = Screen(gates("exact_duplicate"), Bugs(20))
    pieces = [one for row in rows for one in refused(screen.over(iter([row])))]

    assert whole == pieces
    assert len(whole) == 59


def test_without_gates_rows_pass_untouched() -> None:
    """The very same objects."""
    rows: list[Seed | BadRow] = [seed("a", "x"), BadRow("line 2", "broken")]

    assert list(Screen((), Bugs(20)).over(iter(rows))) == rows


class Fragile:
    """A gate that breaks on one text."""

    name = "fragile"

    def measure(self, batch: Sequence[Sample]) -> list[int]:
        """Lengths, but not of `bomb`."""
        if any(sample.response == "bomb" for sample in batch):
            raise ZeroDivisionError
        return [len(sample.response) for sample in batch]

    def look(self, batch: Sequence[Sample], measured: Sequence[int]) -> list[Verdict | None]:
        """Nothing yet."""
        return [None] * len(batch)

    async def consult(self, sample: Sample, chat: object) -> None:
        """Asks nobody."""

    def admit(self, sample: Sample, measured: int) -> Verdict:
        """Short ones pass."""
        return Verdict(self.name, passed=measured < 5, reason="" if measured < 5 else "long")

    def remember(self, sample: Sample, measured: int) -> None:
        """Nothing to keep."""

    def close(self) -> None:
        """Nothing to release."""


def test_a_seed_that_breaks_a_gate_is_a_bug_and_goes_on() -> None:
    """Its neighbours are judged as ever."""
    bugs = Bugs(20)

    rows = list(Screen([Fragile()], bugs).over(iter([seed("a", "ok"), seed("b", "bomb"), seed("c", "too long")])))

    assert [isinstance(row, RefusedSeed) for row in rows] == [False, False, True]
    assert bugs.seen == 1


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"question": "问", "answer": "答"}, "问"),
        (
            {"messages": [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "no"}, {"from": "human", "value": "你"}]},
            "hi\n你",
        ),
        ({"topic": "maths", "audience": "children", "answer": "7"}, "maths\nchildren"),
        ({}, ""),
    ],
)
def test_what_a_seed_is_about(fields: dict[str, object], text: str) -> None:
    """Its question, its user's turns, or all it holds but the answer."""
    assert text_of(Seed("a", fields)) == text
