from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from stream_synth.journal.records import decoded, encoded, packed, storable, unpacked
from stream_synth.values import Decision, Failure, SeedRecord
from tests.journal.rows import accepted, promotion_of, record_of, sample_of


def again(*records: SeedRecord) -> list[SeedRecord]:
    return [record for _, _, pack in encoded(records) for record in decoded(pack)]


@pytest.mark.parametrize("size", [1, 5_000])
def test_packs_hold_what_was_put_in(size: int) -> None:
    """Short packs stay plain, long ones are compressed; both give the same values back."""
    pack = packed([b'{"text":"' + b"x" * size + b'"}', b"[1]"])

    values = unpacked(pack)

    assert values == [{"text": "x" * size}, [1]]
    assert len(pack) < 200


def test_records_come_back_as_they_were() -> None:
    """Samples, verdicts, evidence, failures and promotions are all kept."""
    records = [record_of(1), record_of(2, (), Failure("q2", "distill", "answer", "chat", "429")), promotion_of(3, ["q1/1"])]

    assert again(*records) == records


def test_every_pack_says_which_seqs_it_holds() -> None:
    """A long list is cut into packs by seq."""
    records = [record_of(seq) for seq in range(1, 601)]

    bounds = [(first, last) for first, last, _ in encoded(records)]

    assert bounds == [(1, 256), (257, 512), (513, 600)]


def test_text_of_every_plane_survives() -> None:
    """NUL, line separators, emoji and full-width text are not touched."""
    text = "a\0b\u2028c\u0085d😀中文"
    record = record_of(1, [accepted(sample_of("q1", prompt=text, meta={"note": text}))])

    assert again(record) == [record]


def test_lone_surrogates_become_replacement_characters_and_are_noted() -> None:
    """What UTF-8 cannot hold is replaced, and the sample says in how many fields."""
    record = record_of(1, [accepted(sample_of("q1", prompt="half \ud83d of an emoji"))])

    (back,) = again(record)

    assert back.decisions[0].sample.prompt == "half \ufffd of an emoji"
    assert back.decisions[0].sample.meta["surrogates_replaced"] == 1
    assert back == storable(record) == storable(storable(record))


@pytest.mark.parametrize(
    ("value", "kept"),
    [(2**80, str(2**80)), ({1: "a"}, {"1": "a"}), ({"a"}, ["a"]), (1j, "1j"), (True, True), ((1, None), [1, None])],
)
def test_values_that_json_cannot_hold_become_text(value: object, kept: object) -> None:
    """A recipe may put anything into `meta`; the journal never fails on it."""
    record = record_of(1, [accepted(sample_of("q1", meta={"value": value, "odd": {2}}))])

    (back,) = again(record)

    assert back.decisions[0].sample.meta["value"] == kept


def test_numbers_that_are_not_finite_become_none() -> None:
    """NaN and infinities have no place in JSON."""
    sample: Any = replace(sample_of("q1"), score=float("nan"))

    (back,) = again(record_of(1, [Decision(sample)]))

    assert back.decisions[0].sample.score is None
