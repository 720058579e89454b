from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stream_synth.engine.bugs import Bugs
from stream_synth.engine.expand import Expansion
from stream_synth.engine.lane import Lane
from stream_synth.engine.target import Target
from stream_synth.protocols import Chat
from stream_synth.values import Rejected, Sample, Seed, SeedRecord, Verdict


class Unique:
    """Rejects a response seen before: the smallest gate with a memory."""

    name = "unique"

    def __init__(self) -> None:
        self.kept: list[str] = []
        self._looked = 0

    def measure(self, batch: Sequence[Sample]) -> Sequence[Any]:
        """The response; a row that says so breaks."""
        for sample in batch:
            if sample.response == "broken":
                raise ValueError("cannot measure this")
        return [sample.response for sample in batch]

    def look(self, batch: Sequence[Sample], measured: Sequence[Any]) -> Sequence[Verdict | None]:
        """Compare with everything remembered so far."""
        self._looked = len(self.kept)
        return [
            Verdict("unique", passed=False, reason="seen") if value in self.kept else None for _, value in zip(batch, measured, strict=True)
        ]

    async def consult(self, sample: Sample, chat: Chat) -> Verdict | None:
        """Asks nobody."""

    def admit(self, sample: Sample, measured: Any) -> Verdict:
        """Compare with what came since the look."""
        seen = measured in self.kept[self._looked :]
        return Verdict("unique", passed=not seen, reason="seen" if seen else "", evidence={"of": sample.id})

    def remember(self, sample: Sample, measured: Any) -> None:
        """Keep it."""
        self.kept.append(measured)

    def close(self) -> None:
        """Nothing to release."""


class Even:
    """Rejects odd lengths: a stateless gate after the one with a memory."""

    name = "even"

    def measure(self, batch: Sequence[Sample]) -> Sequence[Any]:
        """Lengths."""
        return [len(sample.response) for sample in batch]

    def look(self, batch: Sequence[Sample], measured: Sequence[Any]) -> Sequence[Verdict | None]:
        """All is known here."""
        return [None if length % 2 == 0 else Verdict("even", passed=False, reason="odd") for length in measured]

    async def consult(self, sample: Sample, chat: Chat) -> Verdict | None:
        """Asks nobody."""

    def admit(self, sample: Sample, measured: Any) -> Verdict:
        """Passed in `look`."""
        return Verdict("even", passed=True, evidence={"id": sample.id, "length": measured})

    def remember(self, sample: Sample, measured: Any) -> None:
        """Nothing to keep."""

    def close(self) -> None:
        """Nothing to release."""


def expansion(number: int, *responses: str) -> Expansion:
    seed = Seed(f"s{number}", {}, recipe="r")
    return Expansion(
        seed, tuple(Sample("q", text, slot=str(i), id=f"{number}/{i}", seed_id=seed.id, recipe="r") for i, text in enumerate(responses))
    )


def judged(lane: Lane, *batch: Expansion) -> list[SeedRecord]:
    return lane.settle(lane.look_over(batch), at=0.0)


def outcomes(records: Sequence[SeedRecord]) -> list[str]:
    return [decision.gate or "accepted" for record in records for decision in record.decisions]


def test_two_twins_in_one_batch_do_not_both_pass() -> None:
    """The second sees the first, though both were looked over together."""
    lane = Lane({"r": (Unique(),)}, Target(None, None), Bugs(20), 0)

    records = judged(lane, expansion(1, "aa"), expansion(2, "aa"), expansion(3, "bb"))

    assert outcomes(records) == ["accepted", "unique", "accepted"]
    assert [record.seq for record in records] == [1, 2, 3]


def test_a_row_that_a_later_gate_rejects_blocks_no_twin() -> None:
    """Gates remember only what passed everything."""
    unique = Unique()
    lane = Lane({"r": (unique, Even())}, Target(None, None), Bugs(20), 0)

    judged(lane, expansion(1, "odd"))

    assert unique.kept == []


def test_batches_decide_like_one_row_after_another() -> None:
    """Micro-batches change nothing."""
    rows = ["aa", "b", "aa", "cc", "cc", "dddd", "b", "aa"]
    single, batched = (Lane({"r": (Unique(), Even())}, Target(None, None), Bugs(20), 0) for _ in range(2))

    one_by_one = [outcomes(judged(single, expansion(n, text)))[0] for n, text in enumerate(rows)]
    at_once = outcomes(judged(batched, *(expansion(n, text) for n, text in enumerate(rows))))

    assert one_by_one == at_once


def test_closes_at_exactly_the_target_and_calls_the_rest_surplus() -> None:
    """What passes after the target is a rejection that the next target takes first."""
    lane = Lane({"r": (Unique(),)}, Target(2, None), Bugs(20), 0)

    records = judged(lane, *(expansion(n, text) for n, text in enumerate(["aa", "bb", "cc", "aa"])))

    assert outcomes(records) == ["accepted", "accepted", "target", "unique"]
    assert records[2].decisions[0].reason == "surplus"


def test_a_row_that_breaks_a_measurement_pays_alone() -> None:
    """Its neighbours in the batch are judged; it is rejected as a bug with its traceback."""
    bugs = Bugs(20)
    lane = Lane({"r": (Unique(), Even())}, Target(None, None), bugs, 0)

    records = judged(lane, expansion(1, "aa"), expansion(2, "broken"), expansion(3, "bb"))

    assert outcomes(records) == ["accepted", "unique", "accepted"]
    assert records[1].decisions[0].reason == "bug"
    assert records[1].failure is not None
    assert "cannot measure this" in records[1].failure.message
    assert bugs.seen == 1


def test_a_recipes_own_rejection_keeps_its_step_and_reason() -> None:
    """It never meets a gate."""
    lane = Lane({"r": (Unique(),)}, Target(None, None), Bugs(20), 0)
    sample = Sample("q", "5", id="x", seed_id="s1", recipe="r")
    wrong = Rejected(sample, "solve", "wrong_answer", evidence={"expected": "4", "got": "5"})

    (record,) = judged(lane, Expansion(Seed("s1", {}, recipe="r"), (wrong,)))

    assert record.decisions[0].gate == "recipe:solve"
    assert record.decisions[0].evidence == {"expected": "4", "got": "5"}


def test_looks_again_after_a_consultation() -> None:
    """A twin accepted while a row was being scored is seen."""
    lane = Lane({"r": (Unique(),)}, Target(None, None), Bugs(20), 0)
    slow = lane.look_over([expansion(1, "aa")])
    judged(lane, expansion(2, "aa"))

    records = lane.settle(slow, at=0.0, look_again=True)

    assert outcomes(records) == ["unique"]


def test_restored_rows_block_their_twins() -> None:
    """After a restart the memory is that of the accepted rows."""
    lane = Lane({"r": (Unique(),)}, Target(None, None), Bugs(20), 0)

    lane.restore([[Sample("q", "aa", id="old", recipe="r")]])

    assert outcomes(judged(lane, expansion(1, "aa"))) == ["unique"]


class Cached(Unique):
    """Has some rows in a cache of its own."""

    def __init__(self, *cached: str) -> None:
        super().__init__()
        self.cached = cached

    def measure(self, batch: Sequence[Sample]) -> Sequence[Any]:
        """Never those."""
        assert not {sample.id for sample in batch} & set(self.cached)
        return super().measure(batch)

    def recall(self, batch: Sequence[Sample]) -> bool:
        """All of them, or nothing."""
        known = {sample.id for sample in batch} <= set(self.cached)
        self.kept += [f"cached {sample.id}" for sample in batch if known]
        return known


def test_rows_that_a_gate_recalls_are_not_measured_again() -> None:
    """Batch by batch; what the gate does not have is measured and remembered."""
    gate = Cached("a", "b")
    lane = Lane({"r": (gate,)}, Target(None, None), Bugs(20), 0)
    rows = [Sample("q", f"text {name}", id=name, recipe="r") for name in "abc"]

    lane.restore([rows[:2], rows[2:]])

    assert gate.kept == ["cached a", "cached b", "text c"]
