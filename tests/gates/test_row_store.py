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
