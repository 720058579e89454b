from __future__ import annotations

from pathlib import Path

import pytest

from stream_synth.gates.row_store import RowStore, parent_key
from stream_synth.values import Sample


@pytest.mark.parametrize("on_disk", [True, False])
def test_rows_come_back_as_they_were_put_in(tmp_path: Path, *, on_disk: bool) -> None:
    """Ids in any script, payloads of any size and parents are read back, from memory or from a file larger than its buffer."""
    store = RowStore(tmp_path / "rows" if on_disk else None)
    samples = [Sample("", "", id=f"行/{number}", seed_id=str(number % 3)) for number in range(300)]
    for number, sample in enumerate(samples):
        store.append(sample, bytes([number % 251]) * (number * 40))

    ids = [store.id(row) for row in range(300)]
    payloads = [store.payload(row) for row in range(300)]

    assert ids == [sample.id for sample in samples]
    assert payloads == [bytes([number % 251]) * (number * 40) for number in range(300)]
    assert store.parent(4) == store.parent(1) == parent_key(samples[1]) != store.parent(2)
    store.close()


def test_a_row_without_origin_shares_its_parent_with_nobody() -> None:
    """No parent and no seed give 0; a parent id goes before the seed id."""
    assert parent_key(Sample("", "")) == 0
    assert parent_key(Sample("", "", seed_id="a#2", parent_id="a")) == parent_key(Sample("", "", seed_id="a")) != 0


def test_a_broken_id_costs_nothing() -> None:
    """A lone surrogate in an id survives; an id beyond 65,535 bytes is cut."""
    store = RowStore(None)
    store.append(Sample("", "", id="\ud800"), b"x")
    store.append(Sample("", "", id="y" * 70_000), b"z")

    ids = store.id(0), store.id(1)

    assert ids == ("\ud800", "y" * 65_535)
    assert store.payload(1) == b"z"


def test_rows_of_an_earlier_run_are_recalled_in_the_order_asked_for(tmp_path: Path) -> None:
    """With their facts, ids and payloads; a batch with a row that is missing recalls nothing, another stamp begins anew."""
    samples = [Sample("", "", id=str(number), seed_id="p") for number in range(500)]
    store = RowStore(tmp_path / "rows", "one", facts=2)
    for number, sample in enumerate(samples):
        store.append(sample, b"payload" * (number % 9), bytes([number % 7, number % 5]))
    store.close()
    again = RowStore(tmp_path / "rows", "one", facts=2)

    unknown = again.recall([samples[0], Sample("", "", id="new")])
    facts = again.recall(samples[400:] + samples[:10])

    assert unknown is None
    assert facts is not None
    assert facts.tolist() == [[number % 7, number % 5] for number in [*range(400, 500), *range(10)]]
    assert [again.id(row) for row in (0, 100)] == ["400", "0"]
    assert again.payload(1) == b"payload" * (401 % 9)
    assert again.parent(3) == parent_key(samples[0])
    again.close()
    other = RowStore(tmp_path / "rows", "two", facts=2)
    assert other.recall(samples[:1]) is None
    other.close()


@pytest.mark.parametrize(("name", "left"), [("rows", 100), ("rows.cache", 5_000), ("rows.cache", 3)])
def test_a_file_cut_short_is_a_shorter_cache(tmp_path: Path, name: str, left: int) -> None:
    """After a crash, rows whose entry or record is incomplete are unknown; what is appended afterwards is sound."""
    samples = [Sample("", "", id=str(number), seed_id="p") for number in range(300)]
    store = RowStore(tmp_path / "rows", facts=1)
    for sample in samples:
        store.append(sample, b"0123456789", b"f")
    store.close()
    with (tmp_path / name).open("r+b") as file:
        file.truncate(left)
    again = RowStore(tmp_path / "rows", facts=1)

    lost = again.recall(samples[-1:])
    again.append(samples[-1], b"once more", b"g")
    again.close()

    assert lost is None
    third = RowStore(tmp_path / "rows", facts=1)
    facts = third.recall(samples[-1:])
    assert facts is not None
    assert (facts.tolist(), third.payload(0)) == ([[ord("g")]], b"once more")
    third.close()
